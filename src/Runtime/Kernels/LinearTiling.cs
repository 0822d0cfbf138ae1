namespace Transformer.Compiled.Kernels;

// How a product C[rows, panels · 16] with sums over `depth` is cut. Everything follows from the shape alone, never from the
// number of threads, which only says what a thread is likely to want next.
//   groups  a few panels that share a pass over the rows, as equal as possible.
//   blocks  at most 768 of the depth: the group's share of B (48 columns × 768 = 144 KiB) stays in the second-level cache while
//           all rows pass by, and a register tile's share of A (24 KiB) in the first. Blocks begin at multiples of 16.
//   tasks   some groups × a stretch of rows. There are enough of them for threads to finish together, but a task is worth a few
//           microseconds at least, and work of less than that is one task.
//   strips  a task's rows, one register tile high and as equal as possible: 9 rows are 5 + 4, not 8 + 1.

/// <summary>The static tiles of a matrix product.</summary>
internal readonly struct LinearTiling
{
    /// <summary>The most of the depth that one pass over the rows may sum up.</summary>
    public const int MaximumBlock = 768;

    /// <summary>The most rows of a task.</summary>
    public const int MaximumRows = 1024;

    private const int MaximumTasks = 64;
    private const int CyclesPerTask = 16 * 1024;
    private const int LoadingRows = 4;

    private readonly int _rows;
    private readonly int _panels;
    private readonly int _depth;
    private readonly int _groups;
    private readonly int _groupTasks;
    private readonly int _rowTasks;

    /// <summary>Cuts the product.</summary>
    /// <param name="rows">The rows of C.</param>
    /// <param name="columns">The columns of C.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="rowsPerTask">The fewest rows that are worth passing over a group's share of B for (or packing it).</param>
    /// <param name="panelsPerGroup">The most panels that share a pass over the rows.</param>
    /// <param name="block">The most of the depth that a pass sums up, at most <see cref="MaximumBlock"/>.</param>
    public LinearTiling(int rows, int columns, int depth, int rowsPerTask, int panelsPerGroup, int block)
    {
        _rows = rows;
        _panels = Divide(columns, 16);
        _depth = depth;
        _groups = Divide(_panels, panelsPerGroup);
        Blocks = Divide(depth, block);

        long cycles = (long)_panels * depth * (rows + LoadingRows);
        int tasks = (int)Math.Clamp(cycles / CyclesPerTask, 1, MaximumTasks);
        _groupTasks = Math.Min(tasks, _groups);
        _rowTasks = Math.Min(Divide(tasks, _groupTasks), rows / rowsPerTask);
        _rowTasks = Math.Max(Math.Max(_rowTasks, 1), Divide(rows, MaximumRows));
    }

    public int Blocks { get; }

    public int Tasks => _groupTasks * _rowTasks;

    /// <summary>The groups [First, End) of a task; tasks that follow one another share groups.</summary>
    public (int First, int End) GroupsOf(int task) => Share(_groups, _groupTasks, task / _rowTasks);

    /// <summary>The rows [First, End) of a task.</summary>
    public (int First, int End) RowsOf(int task) => Share(_rows, _rowTasks, task % _rowTasks);

    /// <summary>The panels [First, End) of a group.</summary>
    public (int First, int End) PanelsOf(int group) => Share(_panels, _groups, group);

    /// <summary>The stretch [First, End) of the depth of a block.</summary>
    public (int First, int End) DepthOf(int block)
    {
        (int first, int end) = Share(Divide(_depth, 16), Blocks, block);
        return (first * 16, Math.Min(end * 16, _depth));
    }

    /// <summary>
    /// Where a thread is likely to go on after a block: with the group's next block, with the task's next group, or where the task begins that is
    /// as many further as there are threads. Null where there is nothing left.
    /// </summary>
    public (int Group, int Block)? Following(int task, int group, int block, int threads)
    {
        if (block + 1 < Blocks) return (group, block + 1);
        if (group + 1 < GroupsOf(task).End) return (group + 1, 0);
        return task + threads < Tasks ? (GroupsOf(task + threads).First, 0) : null;
    }

    /// <summary>The number of strips that so many rows are cut into.</summary>
    public static int StripsOf(int rows, int tileRows) => Divide(rows, tileRows);

    /// <summary>The rows [First, End) of a strip, counted from the task's first.</summary>
    public static (int First, int End) RowsOf(int strip, int strips, int rows) => Share(rows, strips, strip);

    private static int Divide(int total, int size) => (total + size - 1) / size;

    private static (int First, int End) Share(int total, int parts, int index) =>
        ((int)((long)total * index / parts), (int)((long)total * (index + 1) / parts));
}
