namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>One line of the table: a work, what it was held against, and how many times as fast (or as small) it is.</summary>
/// <param name="Work">What was done, with its sizes.</param>
/// <param name="Against">A peer, or a ceiling of the machine.</param>
/// <param name="Threads">Threads on both sides.</param>
/// <param name="Ours">The median here, in <paramref name="Unit"/>.</param>
/// <param name="Theirs">The median there.</param>
/// <param name="Unit">ms, tokens/s, GFLOP/s, GB/s, MB.</param>
/// <param name="Ratio">Above 1: better than <paramref name="Against"/>. Of a ceiling: the share that is reached.</param>
/// <param name="Goal">The ratio to reach; null where there is none.</param>
internal sealed record Comparison(string Work, string Against, int Threads, double Ours, double Theirs, string Unit, double Ratio, double? Goal)
{
    public static Comparison Of(string work, string against, int threads, double ours, double theirs, string unit, double? goal) =>
        new(work, against, threads, ours, theirs, unit, IsCost(unit) ? theirs / ours : ours / theirs, goal);

    /// <summary>Whether less is better in a unit.</summary>
    private static bool IsCost(string unit) => unit is "ms" or "MB";
}
