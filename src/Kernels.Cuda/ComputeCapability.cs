namespace Transformer.Compiled.Cuda;

/// <summary>What generation a device is of: 8.0 is an A100, which <c>sm_80</c> names.</summary>
/// <param name="Major">8 of 8.6.</param>
/// <param name="Minor">6 of 8.6.</param>
public readonly record struct ComputeCapability(int Major, int Minor) : IComparable<ComputeCapability>
{
    /// <inheritdoc/>
    public int CompareTo(ComputeCapability other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Whether PTX for <paramref name="target"/> can be compiled for a device of this one.</summary>
    public bool Runs(ComputeCapability target) => CompareTo(target) >= 0;

    /// <summary>Such as <c>8.6</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");
}
