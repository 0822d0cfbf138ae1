namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>A line of a kernel's body with the registers that it writes and reads.</summary>
internal readonly record struct Line(int Depth, string Text, IReadOnlyList<Register> Writes, IReadOnlyList<Register> Reads)
{
    private static readonly Register[] None = [];

    public static Line Plain(int depth, string text) => new(depth, text, None, None);

    public static Line Of(int depth, string text, IReadOnlyList<Register> writes, IEnumerable<IOperand> operands) =>
        new(depth, text, writes, [.. operands.Select(operand => operand.Register).OfType<Register>()]);
}

/// <summary>The lines between a loop's label and its jump back: what is live at the start is live to the end.</summary>
internal readonly record struct LoopLines(int First, int Last);

/// <summary>
/// How many 32-bit registers a kernel holds at once, by a linear scan: a value is live from the first line that writes it to the last that reads
/// it, and, where it enters a loop from outside or from the round before, through the whole loop. The driver's compiler schedules as it
/// likes, so this is an estimate for choosing tiles, not a promise.
/// </summary>
internal static class LiveRegisters
{
    public static int Estimate(IReadOnlyList<Line> lines, IReadOnlyList<LoopLines> loops)
    {
        var spans = new Dictionary<Register, (int First, int Last)>();
        for (int index = 0; index < lines.Count; index++)
        {
            foreach (Register register in lines[index].Reads.Concat(lines[index].Writes))
                spans[register] = (spans.TryGetValue(register, out (int First, int Last) span) ? span.First : index, index);
        }

        var changes = new int[lines.Count + 1];
        foreach (KeyValuePair<Register, (int First, int Last)> entry in spans)
        {
            (int first, int last) = Extend(entry.Value.First, entry.Value.Last, loops);
            int cost = RegisterNames.Cost(entry.Key.File);
            changes[first] += cost;
            changes[last] -= cost;
        }

        int live = 0, most = 0;
        foreach (int change in changes)
        {
            live += change;
            most = Math.Max(most, live);
        }

        return most;
    }

    /// <summary>Inner loops come before the loops around them.</summary>
    private static (int First, int Last) Extend(int first, int last, IReadOnlyList<LoopLines> loops)
    {
        foreach (LoopLines loop in loops)
        {
            if (first < loop.First && last >= loop.First && last <= loop.Last) last = loop.Last;
        }

        return (first, last);
    }
}
