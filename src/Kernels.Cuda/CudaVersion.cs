namespace Transformer.Compiled.Cuda;

/// <summary>A version of CUDA, as a driver supports it.</summary>
/// <param name="Major">11 of 11.4.</param>
/// <param name="Minor">4 of 11.4.</param>
public readonly record struct CudaVersion(int Major, int Minor)
{
    /// <summary>From the driver's spelling, 1000 · major + 10 · minor.</summary>
    internal static CudaVersion Of(int number) => new(number / 1000, number % 1000 / 10);

    /// <summary>Such as <c>11.4</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");
}
