using System.ComponentModel;

namespace Transformer.Compiled.Checkpoints;

/// <summary>How a checkpoint stores a matrix.</summary>
public enum TensorOrientation
{
    /// <summary>As the model sees it: [rows, columns] or [elements].</summary>
    RowMajor,

    /// <summary>As [columns, rows], like the weights of GPT-2's Conv1D.</summary>
    Transposed,
}

/// <summary>Rows <paramref name="Start"/> … <paramref name="Start"/> + <paramref name="Count"/> − 1 of a parameter.</summary>
/// <param name="Parameter">The parameter's index in <see cref="ModelLayout.Parameters"/>.</param>
/// <param name="Start">The first row.</param>
/// <param name="Count">The number of rows.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RowRange(int Parameter, int Start, int Count)
{
    /// <summary>
    /// Cuts each range into equal parts and lists the first parts of all, then the second ones, and so on: queries, keys and values that a
    /// checkpoint stores head by head.
    /// </summary>
    /// <param name="parts">The number of parts, which divides the rows of each range.</param>
    /// <param name="ranges">The ranges.</param>
    /// <exception cref="ArgumentException">A range cannot be cut so.</exception>
    public static RowRange[] TakingTurns(int parts, params RowRange[] ranges)
    {
        var turns = new RowRange[checked(parts * ranges.Length)];
        for (int index = 0; index < turns.Length; index++)
        {
            (int part, int source) = Math.DivRem(index, ranges.Length);
            RowRange range = ranges[source];
            if (range.Count % parts != 0) throw new ArgumentException($"{range.Count} rows cannot be cut into {parts} parts.", nameof(ranges));
            int count = range.Count / parts;
            turns[index] = new RowRange(range.Parameter, range.Start + part * count, count);
        }

        return turns;
    }
}

/// <summary>
/// A tensor of the model's checkpoint and what it holds: transposed first if <paramref name="orientation"/> says so, it is the stack of
/// <paramref name="rows"/>.
/// </summary>
/// <param name="name">Its name in the checkpoint, prefix included.</param>
/// <param name="shape">
/// Its shape in the checkpoint. The last dimensions, as many as make them up, are together the columns of its parameters, and those before
/// them the rows: [D, C, p, p] has C · p · p columns, [1, V] may be V rows of 1 column or 1 row of V.
/// </param>
/// <param name="orientation">How the checkpoint stores it.</param>
/// <param name="rows">The rows that it holds, in order.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class CheckpointTensor(string name, int[] shape, TensorOrientation orientation, RowRange[] rows)
{
    /// <summary>Its name in the checkpoint, prefix included.</summary>
    public string Name { get; } = name;

    /// <summary>Its shape in the checkpoint.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>How the checkpoint stores it.</summary>
    public TensorOrientation Orientation { get; } = orientation;

    /// <summary>The rows of parameters that it holds, in order.</summary>
    public ReadOnlySpan<RowRange> Rows => rows;

    /// <summary>The number of elements.</summary>
    public long Count { get; } = Product(shape);

    private static long Product(int[] shape)
    {
        long product = 1;
        foreach (int dimension in shape) product = checked(product * dimension);
        return product;
    }
}
