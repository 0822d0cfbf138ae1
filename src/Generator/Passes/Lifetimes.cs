using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// When a program's activations need memory. A tensor holds its block from the operation that makes it to the last one that reads it; an operation
/// that may write over an operand which dies there takes its block.
/// </summary>
internal sealed class Lifetimes
{
    private readonly Dictionary<Tensor, Block> _blocks = [];
    private readonly List<Block> _inOrder = [];

    private Lifetimes(Operation[] operations)
    {
        Operations = operations.Length;
        Dictionary<Tensor, int> lastUses = LastUses(operations);
        for (int index = 0; index < operations.Length; index++) Place(operations[index], index, lastUses);
    }

    /// <summary>How many operations the program has.</summary>
    public int Operations { get; }

    /// <summary>In the order of their first operations.</summary>
    public IReadOnlyList<Block> Blocks => _inOrder;

    public static Lifetimes Of(ProgramGraph program) => new([.. program.Operations]);

    /// <summary>The block of a tensor; null where it has no memory because nothing reads it.</summary>
    public Block? Of(Tensor activation) => _blocks.TryGetValue(activation, out Block? block) ? block : null;

    private static Dictionary<Tensor, int> LastUses(Operation[] operations)
    {
        var lastUses = new Dictionary<Tensor, int>();
        for (int index = 0; index < operations.Length; index++)
        {
            foreach (Tensor? input in operations[index].Inputs)
            {
                if (input?.Role == TensorRole.Activation) lastUses[input] = index;
            }
        }
        return lastUses;
    }

    private void Place(Operation operation, int index, Dictionary<Tensor, int> lastUses)
    {
        Tensor result = operation.Outputs[0];
        if (NeedsMemory(result) && Overwritten(operation, index, lastUses) is { } operand) Hold(result, _blocks[operand]);
        foreach (Tensor output in operation.Outputs)
        {
            if (!NeedsMemory(output) || _blocks.ContainsKey(output)) continue;
            var block = new Block(index, MemoryPlan.Align(output.Shape.Elements));
            _inOrder.Add(block);
            Hold(output, block);
        }

        void Hold(Tensor tensor, Block block)
        {
            _blocks.Add(tensor, block);
            block.Last = Math.Max(block.Last, lastUses.TryGetValue(tensor, out int last) ? last : index);
        }
    }

    /// <summary>The operand in whose place the first output goes; null for none.</summary>
    private Tensor? Overwritten(Operation operation, int index, Dictionary<Tensor, int> lastUses)
    {
        for (int slot = 0; slot < operation.Inputs.Length; slot++)
        {
            if (operation.Inputs[slot] is not { } operand || !_blocks.ContainsKey(operand) || lastUses[operand] != index) continue;
            if (!operation.MayOverwrite(slot) || operand.Shape.Elements != operation.Outputs[0].Shape.Elements) continue;
            if (operation.Inputs.Count(x => x == operand) == 1) return operand;
        }
        return null;
    }

    private static bool NeedsMemory(Tensor tensor) =>
        tensor.Role == TensorRole.Activation && !(tensor.IsOptional && !tensor.IsUsed);

    /// <summary>Memory that one tensor after another holds.</summary>
    internal sealed class Block(int first, long floats)
    {
        /// <summary>The operation that writes it first.</summary>
        public int First { get; } = first;

        /// <summary>The operation after which nothing in it is read.</summary>
        public int Last { get; set; } = first;

        public long Floats { get; } = floats;
    }
}
