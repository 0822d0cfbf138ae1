namespace Transformer.Compiled.Ptx;

/// <summary>How an instruction goes on to the next.</summary>
internal enum Flow
{
    Next,
    Branch,
    Exit,
    Barrier,
}

/// <summary>An instruction, decoded: where in the register file its operands are.</summary>
internal abstract class Operation
{
    /// <summary>What it was decoded from.</summary>
    public PtxInstruction Instruction { get; set; } = null!;

    /// <summary>Registers that have to hold something in every lane that executes it.</summary>
    public int[] Reads { get; set; } = [];

    /// <summary>Registers that hold something afterwards.</summary>
    public int[] Writes { get; set; } = [];

    /// <summary>The offset of the guard's mask; -1 if there is no guard.</summary>
    public int GuardOffset { get; set; } = -1;

    public int GuardRegister { get; set; }

    public bool IsGuardNegated { get; set; }

    public virtual Flow Flow => Flow.Next;

    /// <summary>Does what it does, in the lanes of <paramref name="mask"/>, of which there is at least one.</summary>
    public abstract void Execute(Warp warp, uint mask);
}

/// <summary><c>bra</c>.</summary>
internal sealed class BranchOperation(int target) : Operation
{
    public int Target => target;

    public override Flow Flow => Flow.Branch;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary><c>exit</c> and <c>ret</c>.</summary>
internal sealed class ExitOperation : Operation
{
    public override Flow Flow => Flow.Exit;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary><c>bar.sync</c>, <c>barrier.sync.aligned</c>.</summary>
internal sealed class BarrierOperation(int number) : Operation
{
    public int Number => number;

    public override Flow Flow => Flow.Barrier;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary><c>trap</c>.</summary>
internal sealed class TrapOperation : Operation
{
    public override void Execute(Warp warp, uint mask) => throw new LaneFault(int.TrailingZeroCount((int)mask), "executes a trap");
}

/// <summary>Fences, which change nothing where accesses land at once, and hints.</summary>
internal sealed class NoOperation : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}
