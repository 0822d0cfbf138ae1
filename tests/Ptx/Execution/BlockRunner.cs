using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary>Runs the warps of a block: each from barrier to barrier, in shuffled order.</summary>
internal sealed class BlockRunner(Block block)
{
    private readonly KernelProgram _program = block.Program;

    public void Run()
    {
        var warps = block.Warps;
        int[] order = new int[warps.Length];
        for (int index = 0; index < order.Length; index++) order[index] = index;
        while (true)
        {
            block.Machine.Random.Shuffle(order);
            foreach (int index in order)
                if (warps[index].State == WarpState.Running) RunWarp(warps[index]);
            if (!PassBarrier()) return;
        }
    }

    /// <summary>All warps wait or have exited: lets those that wait go on. Returns false if none waits.</summary>
    private bool PassBarrier()
    {
        Warp? first = null;
        foreach (var warp in block.Warps)
        {
            if (warp.State != WarpState.AtBarrier) continue;
            first ??= warp;
            if (warp.BarrierAt == first.BarrierAt) continue;
            var here = _program.Operations[warp.BarrierAt].Instruction;
            var there = _program.Operations[first.BarrierAt].Instruction;
            throw Fault(warp, here, -1, $"waits at this barrier while warp {first.Index} waits at '{there.Text}' on line {there.Line}: not all threads of the block reach the same barrier");
        }

        if (first is null) return false;
        block.PassBarrier();
        foreach (var warp in block.Warps)
            if (warp.State == WarpState.AtBarrier) warp.State = WarpState.Running;
        return true;
    }

    private void RunWarp(Warp warp)
    {
        try
        {
            Step(warp);
        }
        catch (LaneFault fault)
        {
            throw Fault(warp, _program.Operations[warp.Position].Instruction, fault.Lane, fault.Message);
        }
    }

    /// <summary>Executes a warp up to its next barrier or its end.</summary>
    private void Step(Warp warp)
    {
        var operations = _program.Operations;
        var counters = block.Counters;
        var stack = warp.Stack;
        bool detects = block.Machine.Options.DetectUninitialized;
        while (true)
        {
            stack.Settle();
            if (stack.IsEmpty)
            {
                warp.State = WarpState.Exited;
                return;
            }

            ref var top = ref stack.Top;
            int position = top.Position;
            var operation = operations[position];
            warp.Position = position;
            warp.Line = operation.Instruction.Line;
            uint mask = top.Mask;
            if (operation.GuardOffset >= 0) mask &= Guard(warp, operation, mask, detects);
            counters.Count(position, mask);
            switch (operation.Flow)
            {
                case Flow.Next:
                    if (mask != 0) Execute(warp, operation, mask, detects);
                    top.Position = position + 1;
                    break;
                case Flow.Branch:
                    int target = ((BranchOperation)operation).Target;
                    if (mask == top.Mask) top.Position = target;
                    else if (mask == 0) top.Position = position + 1;
                    else stack.Diverge(mask, target, position + 1, _program.MeetAt[position]);
                    break;
                case Flow.Exit:
                    top.Position = position + 1;
                    warp.Live &= ~mask;
                    stack.Exit(mask);
                    break;
                default:
                    if (mask == 0) top.Position = position + 1;
                    else if (mask == warp.Live) { Wait(warp, position); return; }
                    else if (!stack.Yield(operations.Length - 1)) throw PartialBarrier(warp, mask);
                    break;
            }
        }
    }

    private static void Wait(Warp warp, int position)
    {
        ref var top = ref warp.Stack.Top;
        top.Position = position + 1;
        top.IsWaiting = false;
        warp.State = WarpState.AtBarrier;
        warp.BarrierAt = position;
    }

    private LaneFault PartialBarrier(Warp warp, uint mask)
    {
        int missing = int.TrailingZeroCount((int)(warp.Live & ~mask));
        return new LaneFault(
            int.TrailingZeroCount((int)mask),
            $"reaches a barrier with {BitOperations.PopCount(mask)} of the {BitOperations.PopCount(warp.Live)} threads of its warp; thread {ThreadName(warp, missing)} has not exited and does not reach it");
    }

    private static unsafe uint Guard(Warp warp, Operation operation, uint mask, bool detects)
    {
        uint undefined = mask & ~warp.Defined[operation.GuardRegister];
        if (undefined != 0 && detects)
            throw new LaneFault(int.TrailingZeroCount((int)undefined), $"depends on the predicate {operation.Instruction.Guard!.Register.Name}, which nothing has written");
        uint value = *(uint*)(warp.Registers + operation.GuardOffset);
        return operation.IsGuardNegated ? ~value : value;
    }

    private static unsafe void Execute(Warp warp, Operation operation, uint mask, bool detects)
    {
        uint* defined = warp.Defined;
        if (detects)
        {
            foreach (int register in operation.Reads)
                if ((mask & ~defined[register]) != 0) throw Undefined(warp, mask, register);
        }

        foreach (int register in operation.Writes) defined[register] |= mask;
        operation.Execute(warp, mask);
    }

    private static unsafe LaneFault Undefined(Warp warp, uint mask, int register)
    {
        int lane = int.TrailingZeroCount((int)(mask & ~warp.Defined[register]));
        return new LaneFault(lane, $"reads {warp.Block.Program.Entry.Registers[register].Name}, which the thread has not written");
    }

    private string ThreadName(Warp warp, int lane) => block.Size.At(warp.FirstThread + lane).ToString();

    private PtxException Fault(Warp warp, PtxInstruction instruction, int lane, string message)
    {
        string who = lane < 0 ? $"warp {warp.Index}" : $"thread {ThreadName(warp, lane)}";
        return new PtxException(instruction.Line, $"kernel '{_program.Entry.Name}', block {block.Place}, '{instruction.Text}': {who} {message}.");
    }
}
