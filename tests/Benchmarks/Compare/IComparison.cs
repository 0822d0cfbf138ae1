namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A work that is measured here and at the peers that do it, or against a ceiling of the machine.</summary>
internal interface IComparison
{
    /// <summary>Its name for `--only`.</summary>
    string Name { get; }

    /// <summary>Whether it can measure one thread's own time, here and at its peers, in place of the wall clock's.</summary>
    bool KnowsThreadTime => false;

    /// <summary>Finds the peers, makes their model files, checks that they compute the same, and times all in turn.</summary>
    void Run(CompareContext context);
}
