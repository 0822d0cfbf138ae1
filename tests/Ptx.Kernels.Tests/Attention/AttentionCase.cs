using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>Attention with operands of its own: random, with a sequence whose keys are all hidden where there is a key mask.</summary>
internal sealed record AttentionCase(int Sequences, int Queries, int Keys, int Heads, int KeyValueHeads, int HeadDim, int ValueHeadDim)
{
    public const uint Site = 0x9ABCDEF0, SeedLow = 0x12345678, SeedHigh = 0xFEDCBA98, Step = 17, RankAndMicroBatch = 0x20003;

    public bool Causal { get; init; }

    public int Window { get; init; }

    public AttentionTermKinds Terms { get; init; }

    public float Rate { get; init; }

    public int Reach => Math.Max(Queries, Keys) + 2;

    public AttentionSpec Spec => new()
    {
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadDim = HeadDim,
        ValueHeadDim = ValueHeadDim,
        QueryBias = false,
        KeyBias = false,
        ValueBias = false,
        OutputBias = false,
        QueryKeyNorm = false,
        Causal = Causal,
        SlidingWindow = Window,
        Scale = 0.75f / MathF.Sqrt(HeadDim),
    };

    public AttentionShape Shape => new(Spec, Sequences, Queries, Keys);

    public SequenceAttention Kernel => new(Shape, Terms, Terms.HasFlag(AttentionTermKinds.Distances) ? Reach : 0, Rate, AttentionBounds.None);

    /// <summary>Elements of [sequences, heads, queries, keys].</summary>
    public int Pairs => Sequences * Heads * Queries * Keys;

    public AttentionInputs Data() => new(this);

    /// <summary>What a query sees by its place.</summary>
    public bool IsVisible(int query, int key) =>
        (!Causal || key <= query) && (Window == 0 || (key > query - Window && key < query + Window));
}

/// <summary>The operands of a case.</summary>
internal sealed class AttentionInputs
{
    private readonly AttentionCase _case;

    public AttentionInputs(AttentionCase of)
    {
        _case = of;
        Q = Numbers.Random(1, of.Sequences * of.Queries * of.Heads * of.HeadDim);
        K = Numbers.Random(2, of.Sequences * of.Keys * of.KeyValueHeads * of.HeadDim);
        V = Numbers.Random(3, of.Sequences * of.Keys * of.KeyValueHeads * of.ValueHeadDim);
        OutputGradient = Numbers.Random(4, of.Sequences * of.Queries * of.Heads * of.ValueHeadDim);
        Mask = Numbers.Integers(5, of.Sequences * of.Keys, 4);
        if (of.Sequences > 1) Array.Clear(Mask, of.Keys, of.Keys);
        Distances = Numbers.Random(6, of.Heads * ((2 * of.Reach) - 1));
        Scores = Numbers.Random(7, of.Pairs);
        Pairs = Numbers.Random(8, of.Sequences * of.Queries * of.Keys);
        for (int i = 0; i < Pairs.Length; i += 5) Pairs[i] = float.NegativeInfinity;
        Factors = Numbers.Random(9, of.Sequences * of.Queries * of.Keys);
        WeightGradient = Numbers.Random(10, of.Pairs);
    }

    public float[] Q { get; }

    public float[] K { get; }

    public float[] V { get; }

    public float[] OutputGradient { get; }

    public int[] Mask { get; }

    public float[] Distances { get; }

    public float[] Scores { get; }

    public float[] Pairs { get; }

    public float[] Factors { get; }

    public float[] WeightGradient { get; }

    /// <summary>The terms' buffers in the order of parameters.</summary>
    public IEnumerable<object> TermBuffers(Device device)
    {
        if (Has(AttentionTermKinds.KeyMask)) yield return device.Of(Mask);
        if (Has(AttentionTermKinds.Distances)) yield return device.Of(Distances);
        if (Has(AttentionTermKinds.Scores)) yield return device.Of(Scores);
        if (Has(AttentionTermKinds.Pairs)) yield return device.Of(Pairs);
        if (Has(AttentionTermKinds.Factors)) yield return device.Of(Factors);
    }

    /// <summary>Site and control block where dropout wants them.</summary>
    public IEnumerable<object> DropoutArguments(Device device) => _case.Rate == 0
        ? []
        :
        [
            AttentionCase.Site,
            device.Control(
                (ControlField.SeedLow, AttentionCase.SeedLow), (ControlField.SeedHigh, AttentionCase.SeedHigh), (ControlField.Step, AttentionCase.Step),
                (ControlField.RankAndMicroBatch, AttentionCase.RankAndMicroBatch), (ControlField.DropoutIsOn, 1)),
        ];

    public bool Has(AttentionTermKinds kind) => _case.Terms.HasFlag(kind);
}
