namespace Transformer.Compiled.Training;

/// <summary>Numbered micro-batches for a language model. The same number always gives the same batch, so a run can be resumed anywhere.</summary>
public interface ITrainingData
{
    /// <summary>Writes micro-batch <paramref name="batch"/>.</summary>
    /// <param name="batch">From 0.</param>
    /// <param name="inputs">Token ids, [rows, sequence length] in row order.</param>
    /// <param name="targets">The token that follows each of them, or −100 to ignore it; as long as <paramref name="inputs"/>.</param>
    void Fill(long batch, Span<int> inputs, Span<int> targets);
}
