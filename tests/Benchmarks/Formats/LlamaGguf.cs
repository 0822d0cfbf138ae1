namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>A Llama for llama.cpp: float32, with a vocabulary in which every text becomes byte tokens.</summary>
internal static class LlamaGguf
{
    /// <summary>The token of byte 0: unknown, beginning and end stand before it.</summary>
    public const int FirstByte = 3;

    private const int Bytes = 256, Unknown = 2, Control = 3, Byte = 6, Normal = 1, Beginning = LlamaTensors.Beginning, End = 2;

    public static void Write(string path, LlamaTensors tensors)
    {
        GgufWriter writer = new();
        AddSizes(writer, tensors.Shape);
        AddVocabulary(writer, tensors.Shape.VocabularySize);
        AddTensors(writer, tensors);
        writer.Write(path);
    }

    private static void AddSizes(GgufWriter writer, LlamaShape shape)
    {
        writer.Add("general.architecture", "llama");
        writer.Add("general.name", "compared");
        writer.Add("general.file_type", 0);
        writer.Add("llama.vocab_size", shape.VocabularySize);
        writer.Add("llama.context_length", shape.ContextLength);
        writer.Add("llama.embedding_length", shape.DModel);
        writer.Add("llama.block_count", shape.Layers);
        writer.Add("llama.feed_forward_length", shape.FeedForwardDim);
        writer.Add("llama.attention.head_count", shape.Heads);
        writer.Add("llama.attention.head_count_kv", shape.KeyValueHeads);
        writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        writer.Add("llama.rope.dimension_count", shape.HeadDim);
        writer.Add("llama.rope.freq_base", 10_000f);
    }

    private static void AddVocabulary(GgufWriter writer, int size)
    {
        string[] pieces = new string[size];
        int[] types = new int[size];
        for (int token = 0; token < size; token++) (pieces[token], types[token]) = Piece(token);
        writer.Add("tokenizer.ggml.model", "llama");
        writer.Add("tokenizer.ggml.tokens", pieces);
        writer.Add("tokenizer.ggml.scores", new float[size].AsSpan());
        writer.Add("tokenizer.ggml.token_type", types.AsSpan());
        writer.Add("tokenizer.ggml.bos_token_id", Beginning);
        writer.Add("tokenizer.ggml.eos_token_id", End);
        writer.Add("tokenizer.ggml.unknown_token_id", 0);
        writer.Add("tokenizer.ggml.add_bos_token", true);
        writer.Add("tokenizer.ggml.add_eos_token", false);
        writer.Add("tokenizer.ggml.add_space_prefix", false);
    }

    private static (string Piece, int Type) Piece(int token) => token switch
    {
        0 => ("<unk>", Unknown),
        Beginning => ("<s>", Control),
        End => ("</s>", Control),
        < FirstByte + Bytes => ($"<0x{token - FirstByte:X2}>", Byte),
        _ => ($"<token {token}>", Normal),
    };

    private static void AddTensors(GgufWriter writer, LlamaTensors tensors)
    {
        LlamaShape shape = tensors.Shape;
        int width = shape.DModel, inner = shape.FeedForwardDim;
        writer.AddTensor("token_embd.weight", () => tensors.Embedding, shape.VocabularySize, width);
        writer.AddTensor("output_norm.weight", () => tensors.FinalNorm, width);
        for (int i = 0; i < shape.Layers; i++)
        {
            int layer = i;
            writer.AddTensor($"blk.{layer}.attn_norm.weight", () => tensors.AttentionNorm(layer), width);
            writer.AddTensor($"blk.{layer}.attn_q.weight", () => tensors.Query(layer), width, width);
            writer.AddTensor($"blk.{layer}.attn_k.weight", () => tensors.Key(layer), shape.KeyValueDim, width);
            writer.AddTensor($"blk.{layer}.attn_v.weight", () => tensors.Value(layer), shape.KeyValueDim, width);
            writer.AddTensor($"blk.{layer}.attn_output.weight", () => tensors.AttentionOutput(layer), width, width);
            writer.AddTensor($"blk.{layer}.ffn_norm.weight", () => tensors.FeedForwardNorm(layer), width);
            writer.AddTensor($"blk.{layer}.ffn_gate.weight", () => tensors.Gate(layer), inner, width);
            writer.AddTensor($"blk.{layer}.ffn_up.weight", () => tensors.Up(layer), inner, width);
            writer.AddTensor($"blk.{layer}.ffn_down.weight", () => tensors.Down(layer), width, inner);
        }
    }
}
