namespace Transformer.Compiled.Ptx;

/// <summary>How many registers a kernel holds at once, at most.</summary>
/// <param name="Words">Registers of 32 bits; those of 64 bits count twice, those of 16 bits once.</param>
/// <param name="Predicates">Predicates.</param>
/// <param name="Line">The line of the instruction at which most words are held.</param>
/// <remarks>An estimate: an assembler orders instructions anew, keeps addresses and constants as it likes, and holds some registers for itself.</remarks>
public sealed record RegisterEstimate(int Words, int Predicates, int Line);

/// <summary>Which registers will still be read, backwards over the flow of control.</summary>
internal static class Liveness
{
    public static RegisterEstimate Estimate(KernelProgram program)
    {
        var operations = program.Operations;
        var registers = program.Entry.Registers;
        int words = (registers.Count + 63) / 64;
        ulong[][] before = [.. operations.Select(_ => new ulong[words])];
        bool hasChanged = true;
        while (hasChanged)
        {
            hasChanged = false;
            for (int index = operations.Length - 2; index >= 0; index--)
            {
                ulong[] live = After(operations, before, index, words);
                Step(operations[index], live);
                if (live.AsSpan().SequenceEqual(before[index])) continue;
                before[index] = live;
                hasChanged = true;
            }
        }

        var most = new RegisterEstimate(0, 0, program.Entry.Line);
        int predicates = 0;
        for (int index = 0; index < operations.Length - 1; index++)
        {
            // What is held while an instruction runs: what is read later, and its results.
            ulong[] live = After(operations, before, index, words);
            foreach (int register in operations[index].Writes) live[register / 64] |= 1UL << register;
            int held = Count(live, register => registers[register].Type == PtxType.Pred ? 0 : registers[register].Type.Bits() == 64 ? 2 : 1);
            predicates = Math.Max(predicates, Count(live, register => registers[register].Type == PtxType.Pred ? 1 : 0));
            if (held > most.Words) most = new RegisterEstimate(held, 0, operations[index].Instruction.Line);
        }

        return most with { Predicates = predicates };
    }

    private static ulong[] After(Operation[] operations, ulong[][] before, int index, int words)
    {
        ulong[] live = new ulong[words];
        foreach (int successor in ControlFlow.Successors(operations, index, operations.Length - 1))
            for (int word = 0; word < words; word++) live[word] |= before[successor][word];
        return live;
    }

    private static void Step(Operation operation, ulong[] live)
    {
        // Under a guard the old value may remain.
        if (operation.GuardOffset < 0)
            foreach (int register in operation.Writes) live[register / 64] &= ~(1UL << register);
        else
            live[operation.GuardRegister / 64] |= 1UL << operation.GuardRegister;
        foreach (int register in operation.Reads) live[register / 64] |= 1UL << register;
    }

    private static int Count(ulong[] live, Func<int, int> weight)
    {
        int count = 0;
        for (int word = 0; word < live.Length; word++)
            for (ulong rest = live[word]; rest != 0; rest &= rest - 1) count += weight((word * 64) + (int)ulong.TrailingZeroCount(rest));
        return count;
    }
}
