using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary><c>setp</c>, <c>set</c>, <c>selp</c>, <c>testp</c>.</summary>
internal static class ComparisonInstructions
{
    private static readonly Dictionary<PtxType, Dictionary<string, Comparison>> Relations = new()
    {
        [PtxType.B16] = Equality<ushort>(),
        [PtxType.B32] = Equality<uint>(),
        [PtxType.B64] = Equality<ulong>(),
        [PtxType.U16] = Unsigned<ushort>(),
        [PtxType.U32] = Unsigned<uint>(),
        [PtxType.U64] = Unsigned<ulong>(),
        [PtxType.S16] = Ordered<short>(),
        [PtxType.S32] = Ordered<int>(),
        [PtxType.S64] = Ordered<long>(),
        [PtxType.F32] = Floats<float>(),
        [PtxType.F64] = Floats<double>(),
    };

    private static readonly Dictionary<string, Comparison> Flushed = new()
    {
        ["eq"] = new Comparison<FlushedRelation<Equal<float>>, float>(),
        ["ne"] = new Comparison<FlushedRelation<NotEqual<float>>, float>(),
        ["lt"] = new Comparison<FlushedRelation<Less<float>>, float>(),
        ["le"] = new Comparison<FlushedRelation<LessOrEqual<float>>, float>(),
        ["gt"] = new Comparison<FlushedRelation<Greater<float>>, float>(),
        ["ge"] = new Comparison<FlushedRelation<GreaterOrEqual<float>>, float>(),
        ["equ"] = new Comparison<FlushedRelation<Never<NotEqual<float>, float>>, float>(),
        ["neu"] = new Comparison<FlushedRelation<Never<Equal<float>, float>>, float>(),
        ["ltu"] = new Comparison<FlushedRelation<Never<GreaterOrEqual<float>, float>>, float>(),
        ["leu"] = new Comparison<FlushedRelation<Never<Greater<float>, float>>, float>(),
        ["gtu"] = new Comparison<FlushedRelation<Never<LessOrEqual<float>, float>>, float>(),
        ["geu"] = new Comparison<FlushedRelation<Never<Less<float>, float>>, float>(),
    };

    private static readonly string[] Names = ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"];

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["setp"] = SetPredicate;
        decoders["set"] = SetValue;
        decoders["selp"] = Select;
        decoders["testp"] = Test;
    }

    private static SetPredicate SetPredicate(Decoding decoding)
    {
        string relation = decoding.TakeOne(Names);
        string? combination = decoding.TakeAny("and", "or", "xor");
        var comparison = Comparison(decoding, relation, decoding.Take("ftz"), out var type);
        var (p, q) = decoding.Operand(0) is PtxPairOperand pair ? (pair.First, pair.Second) : (decoding.Operand(0), new PtxSinkOperand());
        var with = combination is null ? default : decoding.Predicate(3);
        return new SetPredicate(comparison, decoding.Source(1, type), decoding.Source(2, type), Target(decoding, p), Target(decoding, q), combination, with);
    }

    private static int Target(Decoding decoding, PtxOperand operand) => operand is PtxSinkOperand ? -1 : decoding.PredicateTarget(operand);

    private static SetValue SetValue(Decoding decoding)
    {
        string relation = decoding.TakeOne(Names);
        bool flushes = decoding.Take("ftz");
        var result = decoding.TakeType(PtxType.U32, PtxType.S32, PtxType.F32);
        var comparison = Comparison(decoding, relation, flushes, out var type);
        uint whenTrue = result == PtxType.F32 ? BitConverter.SingleToUInt32Bits(1) : uint.MaxValue;
        return new SetValue(comparison, decoding.Target(0, result), decoding.Source(1, type), decoding.Source(2, type), whenTrue);
    }

    private static Operation Select(Decoding decoding)
    {
        var type = decoding.TakeType(
            PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64, PtxType.F32, PtxType.F64);
        int result = decoding.Target(0, type), a = decoding.Source(1, type), b = decoding.Source(2, type);
        return type.Bits() switch
        {
            16 => new Select<ushort>(result, a, b, decoding.Predicate(3)),
            32 => new Select<uint>(result, a, b, decoding.Predicate(3)),
            _ => new Select<ulong>(result, a, b, decoding.Predicate(3)),
        };
    }

    private static Operation Test(Decoding decoding)
    {
        string property = decoding.TakeOne("finite", "infinite", "number", "notanumber", "normal", "subnormal");
        decoding.TakeType(PtxType.F32);
        return new FloatTest(decoding.PredicateTarget(decoding.Operand(0)), decoding.Source(1, PtxType.F32), property);
    }

    private static Comparison Comparison(Decoding decoding, string relation, bool flushes, out PtxType type)
    {
        var relations = decoding.TakeType(Relations, out type);
        if (flushes) relations = type == PtxType.F32 ? Flushed : throw decoding.Error($"'.ftz' goes with '.f32', not with '{type.Text()}'");
        return relations.TryGetValue(relation, out var comparison)
            ? comparison
            : throw decoding.Error($"'.{relation}' does not compare {type.Text()}; expected one of {string.Join(", ", relations.Keys.Select(name => $"'.{name}'"))}");
    }

    private static Dictionary<string, Comparison> Equality<T>()
        where T : unmanaged, IBinaryInteger<T> => new() { ["eq"] = new Comparison<Equal<T>, T>(), ["ne"] = new Comparison<NotEqual<T>, T>() };

    private static Dictionary<string, Comparison> Ordered<T>()
        where T : unmanaged, INumber<T> => new()
        {
            ["eq"] = new Comparison<Equal<T>, T>(),
            ["ne"] = new Comparison<NotEqual<T>, T>(),
            ["lt"] = new Comparison<Less<T>, T>(),
            ["le"] = new Comparison<LessOrEqual<T>, T>(),
            ["gt"] = new Comparison<Greater<T>, T>(),
            ["ge"] = new Comparison<GreaterOrEqual<T>, T>(),
        };

    private static Dictionary<string, Comparison> Unsigned<T>()
        where T : unmanaged, INumber<T>
    {
        var relations = Ordered<T>();
        foreach (var (name, same) in new[] { ("lo", "lt"), ("ls", "le"), ("hi", "gt"), ("hs", "ge") }) relations[name] = relations[same];
        return relations;
    }

    private static Dictionary<string, Comparison> Floats<T>()
        where T : unmanaged, INumber<T>
    {
        var relations = Ordered<T>();
        relations["equ"] = new Comparison<Never<NotEqual<T>, T>, T>();
        relations["neu"] = new Comparison<Never<Equal<T>, T>, T>();
        relations["ltu"] = new Comparison<Never<GreaterOrEqual<T>, T>, T>();
        relations["leu"] = new Comparison<Never<Greater<T>, T>, T>();
        relations["gtu"] = new Comparison<Never<LessOrEqual<T>, T>, T>();
        relations["geu"] = new Comparison<Never<Less<T>, T>, T>();
        relations["num"] = new Comparison<Numbers<T>, T>();
        relations["nan"] = new Comparison<Never<Numbers<T>, T>, T>();
        return relations;
    }
}

/// <summary><c>testp</c>.</summary>
internal sealed unsafe class FloatTest(int result, int a, string property) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        uint bits = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (Has(Lane.Get<float>(warp.Registers + a, lane))) bits |= 1u << lane;
        }

        Predicates.Set(warp, result, mask, bits);
    }

    private bool Has(float value) => property switch
    {
        "finite" => float.IsFinite(value),
        "infinite" => float.IsInfinity(value),
        "number" => !float.IsNaN(value),
        "notanumber" => float.IsNaN(value),
        "normal" => float.IsNormal(value),
        _ => float.IsSubnormal(value),
    };
}
