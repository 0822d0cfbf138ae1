using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>One table of checkpoint names for each family.</summary>
internal static partial class CheckpointTables
{
    /// <summary>Null for the project's own names.</summary>
    public static CheckpointTable? Of(CheckpointFamily family) => family switch
    {
        CheckpointFamily.Native => null,
        CheckpointFamily.Gpt2 => s_gpt2,
        CheckpointFamily.Llama => s_llama,
        CheckpointFamily.GptNeox => s_gptNeox,
        CheckpointFamily.Phi => s_phi,
        CheckpointFamily.Bloom => s_bloom,
        CheckpointFamily unknown => throw new ArgumentException($"{unknown} is not a checkpoint family."),
    };

    private const string Tokens = "embedding.tokens", Positions = "embedding.positions", EveryLayer = "layers.*.";
}
