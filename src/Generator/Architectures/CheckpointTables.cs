using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>One table of checkpoint names for each family.</summary>
internal static partial class CheckpointTables
{
    /// <summary>Null for the project's own names.</summary>
    public static CheckpointTable? Of(TransformerSpec spec) => spec.Checkpoint switch
    {
        CheckpointFamily.Native => null,
        CheckpointFamily.Gpt2 => s_gpt2,
        CheckpointFamily.Llama => s_llama,
        CheckpointFamily.GptNeox => s_gptNeox,
        CheckpointFamily.Phi => s_phi,
        CheckpointFamily.Bloom => s_bloom,
        CheckpointFamily.Bert => s_bert,
        CheckpointFamily.Roberta => s_roberta,
        CheckpointFamily.DistilBert => s_distilBert,
        CheckpointFamily.Vit => s_vit,
        CheckpointFamily.Bart => s_bart,
        CheckpointFamily.T5 => spec.Main.FeedForward.Gated ? s_gatedT5 : s_t5,
        CheckpointFamily unknown => throw new ArgumentException($"{unknown} is not a checkpoint family."),
    };

    private const string Tokens = "embedding.tokens", Positions = "embedding.positions", EveryLayer = "layers.*.";
}
