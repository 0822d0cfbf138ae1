using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// The memory of gradients as a place for activations: until an operation makes a gradient, its memory is free, and so is what lies behind all gradients. A
/// backward pass makes gradients about as fast as activations die.
/// </summary>
internal sealed class GradientMemory
{
    /// <summary>Where no activation may lie.</summary>
    private const int Never = -1;

    /// <summary>In order of offset; the last one lies behind all gradients.</summary>
    private readonly Stretch[] _stretches;

    private GradientMemory(IEnumerable<Stretch> stretches) => _stretches = [.. stretches];

    public static GradientMemory Of(ProgramGraph program, StoragePlan storage)
    {
        var madeAt = new Dictionary<Parameter, int>();
        int index = 0;
        foreach (Operation operation in program.Operations)
        {
            foreach (Tensor output in operation.Outputs)
            {
                if (output is not { Role: TensorRole.ParameterGradient, Parameter: { } parameter } || madeAt.ContainsKey(parameter)) continue;
                madeAt.Add(parameter, operation.WritesAll ? index : Never);
            }
            index++;
        }

        // What no operation writes stays what it was from the start: zero.
        IEnumerable<Stretch> gradients = storage.TrainedParameters.Select(
            parameter => new Stretch(storage.OffsetOf(parameter), madeAt.TryGetValue(parameter, out int at) ? at : Never));
        return new GradientMemory([.. gradients, new Stretch(storage.TrainedFloats, int.MaxValue)]);
    }

    /// <summary>
    /// Where each block begins, in floats from the first gradient. Blocks take the first place that is free for as long as they need it. Which order of them
    /// leaves least behind the gradients depends on the model: those that are needed last before the others, or the largest for longest.
    /// </summary>
    public IReadOnlyDictionary<Lifetimes.Block, long> Place(Lifetimes lifetimes)
    {
        Dictionary<Lifetimes.Block, long> byLast = Place(lifetimes.Blocks.OrderByDescending(block => block.Last));
        Dictionary<Lifetimes.Block, long> byArea = Place(lifetimes.Blocks.OrderByDescending(block => block.Floats * (block.Last - block.First + 1)));
        return End(byLast) <= End(byArea) ? byLast : byArea;
    }

    private static long End(Dictionary<Lifetimes.Block, long> offsets) => offsets.Select(place => place.Value + place.Key.Floats).DefaultIfEmpty(0).Max();

    private Dictionary<Lifetimes.Block, long> Place(IOrderedEnumerable<Lifetimes.Block> blocks)
    {
        Lifetimes.Block[] order = [.. blocks];
        var offsets = new Dictionary<Lifetimes.Block, long>(order.Length);
        var placed = new Placed[order.Length];
        for (int count = 0; count < order.Length; count++)
        {
            long offset = FirstPlace(order[count], placed.AsSpan(0, count));
            int index = count;
            while (index > 0 && placed[index - 1].Offset > offset) index--;
            Array.Copy(placed, index, placed, index + 1, count - index);
            placed[index] = new Placed(order[count].First, order[count].Last, offset, offset + order[count].Floats);
            offsets.Add(order[count], offset);
        }
        return offsets;
    }

    /// <param name="block">What needs a place.</param>
    /// <param name="placed">What has one, in order of offset: of a deep model thousands, which each block passes by.</param>
    private long FirstPlace(Lifetimes.Block block, ReadOnlySpan<Placed> placed)
    {
        (int first, int last) = (block.First, block.Last);
        long free = 0;
        int stretch = 0;
        foreach (ref readonly Placed other in placed)
        {
            if (other.First > last || other.Last < first) continue;
            free = FirstFree(free, other.Offset);
            if (free + block.Floats <= other.Offset) return free;
            free = Math.Max(free, other.End);
        }
        return FirstFree(free, long.MaxValue);

        // The first place from there on that meets no gradient which is made while the block is needed, or one past the end.
        long FirstFree(long start, long end)
        {
            while (stretch + 1 < _stretches.Length && _stretches[stretch + 1].Offset <= start) stretch++;
            for (int i = stretch; i < _stretches.Length && _stretches[i].Offset < start + block.Floats && start + block.Floats <= end; i++)
            {
                if (_stretches[i].MadeAt <= block.Last) start = _stretches[i + 1].Offset;
            }
            return start;
        }
    }

    /// <summary>A block that has a place: when it is needed, and where it lies.</summary>
    private readonly record struct Placed(int First, int Last, long Offset, long End);

    /// <param name="Offset">Where a gradient begins.</param>
    /// <param name="MadeAt">The first operation that writes it.</param>
    private readonly record struct Stretch(long Offset, int MadeAt);
}
