namespace Transformer.Compiled.Ptx;

/// <summary>The extent of a grid or a block.</summary>
public readonly record struct Dim3(int X, int Y, int Z)
{
    /// <summary>A line.</summary>
    public Dim3(int x)
        : this(x, 1, 1)
    {
    }

    /// <summary>How many there are.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>The coordinates of the element with a number; x runs fastest.</summary>
    public Dim3 At(long index) => new((int)(index % X), (int)(index / X % Y), (int)(index / ((long)X * Y)));

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
