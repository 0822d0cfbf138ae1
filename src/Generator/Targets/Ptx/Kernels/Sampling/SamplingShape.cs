namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What sampling is specialised by: rows of logits, the vocabulary, and how many tokens the history of a row has room for.</summary>
internal readonly record struct SamplingShape(Extent Rows, int Vocabulary, int Context)
{
    /// <summary>Masses of so many tokens add up to 2^63 at most.</summary>
    private const int MostTokens = 1 << 19;
    private const int LongRow = 4096;

    /// <summary>Of a block, which has a row; also the buckets of a table.</summary>
    public int Threads => Vocabulary >= LongRow ? 1024 : 128;

    /// <summary>Words of a row of the workspace: a multiple of four.</summary>
    public int Stride => (Vocabulary + 3) / 4 * 4;

    /// <summary>Words of the workspace.</summary>
    public int WorkspaceWords => Rows.CheckedCount(Stride);

    public string Suffix => $"{Rows}x{InvariantNumber.Text(Vocabulary)}_{InvariantNumber.Text(Context)}{Rows.Suffix}";

    /// <exception cref="NoKernelException">There are more tokens than masses have room for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for a token of the history.</exception>
    public void Check()
    {
        if (Vocabulary is < 1 or > MostTokens)
            throw new NoKernelException($"Sampling takes vocabularies of 1 to {MostTokens} tokens, not {InvariantNumber.Text(Vocabulary)}.");
        if (Context < 1) throw new ArgumentOutOfRangeException(nameof(Context), Context, "A history has room for one token at least.");
    }
}
