namespace Transformer.Compiled.Generator.Graph;

/// <summary>A static shape. A bounded one has a leading extent that is known only at run time and never exceeds the first dimension.</summary>
internal sealed class Shape : IEquatable<Shape>
{
    private readonly int[] _dimensions;

    public Shape(params int[] dimensions)
        : this(isBounded: false, dimensions)
    {
    }

    private Shape(bool isBounded, int[] dimensions)
    {
        if (dimensions.Length == 0 || dimensions.Any(d => d < 1))
            throw new ArgumentException($"A shape needs positive dimensions, not [{string.Join(",", dimensions)}].");
        IsBounded = isBounded;
        _dimensions = dimensions;
    }

    public static Shape Bounded(params int[] dimensions) => new(isBounded: true, dimensions);

    /// <summary>Whether the leading extent is a run-time value of at most <c>this[0]</c>.</summary>
    public bool IsBounded { get; }

    public int Rank => _dimensions.Length;

    public int this[int axis] => _dimensions[axis];

    /// <summary>The first dimension.</summary>
    public int Rows => _dimensions[0];

    /// <summary>The product of the dimensions after the first.</summary>
    public int Columns
    {
        get
        {
            int columns = 1;
            for (int axis = 1; axis < Rank; axis++) columns = checked(columns * _dimensions[axis]);
            return columns;
        }
    }

    public long Elements
    {
        get
        {
            long elements = 1;
            foreach (int dimension in _dimensions) elements = checked(elements * dimension);
            return elements;
        }
    }

    /// <summary>The same rows with other columns.</summary>
    public Shape WithColumns(int columns) => new(IsBounded, [Rows, columns]);

    /// <summary>One value a row.</summary>
    public Shape PerRow(int groups = 1) => new(IsBounded, [checked(Rows * groups)]);

    public bool Equals(Shape? other) =>
        other is not null && IsBounded == other.IsBounded && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => _dimensions.Aggregate(IsBounded ? 1 : 0, (hash, d) => unchecked(hash * 31 + d));

    public override string ToString() => $"[{(IsBounded ? "≤" : "")}{string.Join(",", _dimensions)}]";
}
