using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Transformer.Compiled.Generator.Graph;

/// <summary>
/// One step of a program. Its room in <c>Ops</c> states what it computes, its gradient as further operations, and how each
/// target spells it.
/// </summary>
internal abstract class Operation
{
    protected Operation(params Tensor?[] inputs) => Inputs = inputs;

    public string Name => GetType().Name;

    /// <summary>The operands in the order of the operation's own slots; null for an optional one that is absent.</summary>
    public Tensor?[] Inputs { get; }

    public abstract IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>The slot of an optional operand that is added to the first output, or −1 where the operation has none.</summary>
    public virtual int AddendSlot => -1;

    public Tensor? Addend => AddendSlot < 0 ? null : Inputs[AddendSlot];

    /// <summary>Multiplications and additions, counted apart.</summary>
    public virtual long FloatingPointOperations => Outputs[0].Shape.Elements;

    /// <summary>Whether the first output may take the memory of this operand when nothing reads the operand later.</summary>
    public virtual bool MayOverwrite(int slot) => slot == AddendSlot;

    /// <summary>Whether every element of every output is written, so that nothing of what was in their memory before is left.</summary>
    public virtual bool WritesAll => true;

    /// <summary>Contributes to the gradients of the operands, given those of the outputs.</summary>
    public virtual void Differentiate(GradientBuilder gradients) =>
        throw new InvalidOperationException($"{Name} ({Outputs[0]}) has no gradient rule.");

    /// <summary>The run-time kernel that does it on the CPU.</summary>
    public abstract KernelCall LowerToCSharp();

    /// <summary>The kernels that do it on the device, in order.</summary>
    /// <exception cref="NoKernelException">There is none for these sizes.</exception>
    public abstract IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering);
}
