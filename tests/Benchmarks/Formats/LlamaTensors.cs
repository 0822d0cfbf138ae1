using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>
/// The tensors of a Llama as llama.cpp and llama2.c have them, [outputs, inputs]. The members of a rotary pair stand side by side there, where
/// Hugging Face has them half a head apart: the rows of queries and keys are put in that order.
/// </summary>
internal sealed class LlamaTensors(ModelWeights weights, LlamaShape shape)
{
    /// <summary>The token that both programs put in front of a text.</summary>
    public const int Beginning = 1;

    /// <summary>Queries and keys of drawn weights are this many times as large, so that attention is far from even and a wrong rotation shows in the logits.</summary>
    private const float Sharpening = 4;

    /// <summary>The row of <see cref="Beginning"/> is this small, so that it is never the likeliest token, at which llama2.c would end.</summary>
    private const float Quieting = 0.1f;

    public LlamaShape Shape => shape;

    public float[] Embedding => Tensor("model.embed_tokens");

    public float[] FinalNorm => Tensor("model.norm");

    public float[] AttentionNorm(int layer) => Layer(layer, "input_layernorm");

    public float[] Query(int layer) => Interleaved(Layer(layer, "self_attn.q_proj"));

    public float[] Key(int layer) => Interleaved(Layer(layer, "self_attn.k_proj"));

    public float[] Value(int layer) => Layer(layer, "self_attn.v_proj");

    public float[] AttentionOutput(int layer) => Layer(layer, "self_attn.o_proj");

    public float[] FeedForwardNorm(int layer) => Layer(layer, "post_attention_layernorm");

    public float[] Gate(int layer) => Layer(layer, "mlp.gate_proj");

    public float[] Up(int layer) => Layer(layer, "mlp.up_proj");

    public float[] Down(int layer) => Layer(layer, "mlp.down_proj");

    /// <summary>Changes weights that were just drawn so that agreement of their logits says something, and generation goes on. Nobody may hold them yet.</summary>
    public static void Distinguish(ModelWeights weights)
    {
        foreach (string name in weights.Names)
        {
            if (name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal)) Scale(weights, name, .., Sharpening);
            if (!name.Contains("embed_tokens", StringComparison.Ordinal)) continue;
            int width = weights.Shape(name)[1];
            Scale(weights, name, (Beginning * width)..((Beginning + 1) * width), Quieting);
        }
    }

    private static void Scale(ModelWeights weights, string name, Range range, float factor)
    {
        float[] values = Exported(weights, name);
        foreach (ref float value in values.AsSpan(range)) value *= factor;
        weights.Import(name, values);
    }

    private static float[] Exported(ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int size in weights.Shape(name)) count *= size;
        float[] values = new float[count];
        weights.Export(name, values);
        return values;
    }

    private float[] Layer(int layer, string part) => Tensor($"model.layers.{layer}.{part}");

    private float[] Tensor(string name) => Exported(weights, name + ".weight");

    /// <summary>Of each head's rows i and i + n/2, now 2i and 2i + 1.</summary>
    private float[] Interleaved(float[] source)
    {
        int width = shape.DModel, half = shape.HeadDim / 2;
        float[] destination = new float[source.Length];
        for (int row = 0; row < source.Length / width; row++)
        {
            int head = row / shape.HeadDim * shape.HeadDim, place = row - head;
            int target = head + (2 * (place % half)) + (place / half);
            source.AsSpan(row * width, width).CopyTo(destination.AsSpan(target * width));
        }
        return destination;
    }
}
