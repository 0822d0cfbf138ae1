namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A step that can be repeated, its work, and what it holds.</summary>
internal sealed class MeasuredStep(Action step, double gigaFlops, params IDisposable[] held) : IDisposable
{
    public Timing Timing { get; } = new("step", step);

    public double GigaFlops => gigaFlops;

    public void Dispose()
    {
        foreach (IDisposable disposable in held) disposable.Dispose();
    }
}
