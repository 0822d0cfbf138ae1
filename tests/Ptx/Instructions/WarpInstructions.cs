using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary>What the threads of a warp tell each other: <c>shfl</c>, <c>vote</c>, <c>activemask</c>, <c>redux</c>, <c>match</c>.</summary>
internal static class WarpInstructions
{
    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["shfl"] = Shuffle;
        decoders["vote"] = Vote;
        decoders["activemask"] = decoding =>
        {
            decoding.TakeType(PtxType.B32);
            return new ActiveMask(decoding.Target(0, PtxType.B32));
        };
        decoders["redux"] = Reduce;
    }

    private static ShuffleOperation Shuffle(Decoding decoding)
    {
        decoding.TakeOne("sync");
        string mode = decoding.TakeOne("up", "down", "bfly", "idx");
        var type = decoding.TakeType(PtxType.B32);
        var (result, predicate) = decoding.Operand(0) is PtxPairOperand pair ? (pair.First, pair.Second) : (decoding.Operand(0), null);
        return new ShuffleOperation(
            mode, decoding.Target(result, type), Decoding.RegisterOf(result), predicate is null ? -1 : decoding.PredicateTarget(predicate),
            decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type), decoding.Source(4, type));
    }

    private static VoteOperation Vote(Decoding decoding)
    {
        decoding.TakeOne("sync");
        string mode = decoding.TakeOne("all", "any", "uni", "ballot");
        if (mode != "ballot")
        {
            if (!decoding.Take("pred")) throw decoding.Error("expected the type '.pred'");
            return new VoteOperation(mode, decoding.PredicateTarget(decoding.Operand(0)), decoding.Predicate(1), decoding.Source(2, PtxType.B32));
        }

        decoding.TakeType(PtxType.B32);
        return new VoteOperation(mode, decoding.Target(0, PtxType.B32), decoding.Predicate(1), decoding.Source(2, PtxType.B32));
    }

    private static ReduceOperation Reduce(Decoding decoding)
    {
        decoding.TakeOne("sync");
        string function = decoding.TakeOne("add", "min", "max", "and", "or", "xor");
        var type = function is "and" or "or" or "xor" ? decoding.TakeType(PtxType.B32) : decoding.TakeType(PtxType.U32, PtxType.S32);
        return new ReduceOperation(function, type, decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, PtxType.B32));
    }
}

/// <summary><c>shfl.sync</c>: the value of another lane; of a lane that is not here it is undefined.</summary>
internal sealed unsafe class ShuffleOperation(string mode, int result, int register, int predicate, int a, int b, int c, int members) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* file = warp.Registers;
        WarpMembers.Check(warp, mask, file + members);
        uint* values = stackalloc uint[Warp.Lanes];
        for (int lane = 0; lane < Warp.Lanes; lane++) values[lane] = Lane.Get<uint>(file + a, lane);
        uint inRange = 0, undefined = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            uint clamp = Lane.Get<uint>(file + c, lane);
            int source = Source(lane, (int)(Lane.Get<uint>(file + b, lane) & 31), (int)(clamp & 31), (int)(clamp >> 8 & 31), out bool isInRange);
            if (isInRange) inRange |= 1u << lane;
            if ((mask >> source & 1) == 0) undefined |= 1u << lane;
            Lane.Set(file + result, lane, values[source]);
        }

        if (predicate >= 0) Predicates.Set(warp, predicate, mask, inRange);
        if (undefined != 0) warp.Undefine(register, undefined);
    }

    private int Source(int lane, int distance, int clamp, int segments, out bool isInRange)
    {
        int least = lane & segments, most = least | (clamp & ~segments);
        int source = mode switch
        {
            "up" => lane - distance,
            "down" => lane + distance,
            "bfly" => lane ^ distance,
            _ => least | (distance & ~segments),
        };
        isInRange = mode == "up" ? source >= most : source <= most;
        return isInRange ? source : lane;
    }
}

/// <summary><c>vote.sync</c>.</summary>
internal sealed unsafe class VoteOperation(string mode, int result, (int Offset, bool IsNegated) a, int members) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        WarpMembers.Check(warp, mask, warp.Registers + members);
        uint votes = Predicates.Get(warp, a) & mask;
        if (mode != "ballot")
        {
            bool holds = mode switch { "all" => votes == mask, "any" => votes != 0, _ => votes == mask || votes == 0 };
            Predicates.Set(warp, result, mask, holds ? mask : 0);
            return;
        }

        for (uint rest = mask; rest != 0; rest &= rest - 1) Lane.Set(warp.Registers + result, int.TrailingZeroCount((int)rest), votes);
    }
}

/// <summary><c>activemask</c>.</summary>
internal sealed unsafe class ActiveMask(int result) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1) Lane.Set(warp.Registers + result, int.TrailingZeroCount((int)rest), mask);
    }
}

/// <summary><c>redux.sync</c>.</summary>
internal sealed unsafe class ReduceOperation(string function, PtxType type, int result, int a, int members) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        WarpMembers.Check(warp, mask, warp.Registers + members);
        uint value = Lane.Get<uint>(warp.Registers + a, BitOperations.TrailingZeroCount(mask));
        for (uint rest = mask & (mask - 1); rest != 0; rest &= rest - 1)
            value = Atomics.Combine(function, type, value, Lane.Get<uint>(warp.Registers + a, int.TrailingZeroCount((int)rest)));
        for (uint rest = mask; rest != 0; rest &= rest - 1) Lane.Set(warp.Registers + result, int.TrailingZeroCount((int)rest), value);
    }
}
