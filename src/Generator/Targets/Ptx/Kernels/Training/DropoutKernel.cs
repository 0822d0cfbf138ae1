using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// y = x · factor (+ addend), factor = u &lt; rate ? 0 : 1 / (1 − rate) with the draw u of the element, or x (+ addend) where dropout is off.
/// A thread has a block of four draws; the site is a parameter of its own, so that all sites of one shape share the kernel.
/// </summary>
internal static class DropoutKernel
{
    private const int Group = 4;

    public static PtxKernel Of(Extent rows, int columns, float rate, Addend addend)
    {
        int count = rows.CheckedCount(columns);
        int width = ElementwiseKernel.Width(rows, columns);
        var k = new PtxBuilder(
            $"Dropout_{rows}x{columns}_{FloatName.Of(rate)}{addend.Suffix()}{rows.Suffix}",
            $"y[{rows},{columns}] = dropout(x, {FloatLiteral.Format(rate)}){addend.Term()}",
            ElementwiseKernel.Grid((count + Group - 1) / Group),
            new LaunchSize(ElementwiseKernel.Threads));
        GlobalAddress x = k.Buffer("x");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        U32 site = k.WordParameter("site");
        var control = new ControlBlock(k);
        U32 elements = rows.Count(k, control, columns);
        U32 block = k.MultiplyAdd(k.BlockX, ElementwiseKernel.Threads, k.Thread);
        U32 first = k.Multiply(block, Group);
        k.ExitIf(k.AtLeast(first, elements));

        F32[] factors = Factors(k, control, site, block, rate);
        for (int part = 0; part < Group; part += width)
        {
            U32 index = k.Add(first, part);
            F32[] own = [.. factors.Skip(part).Take(width)];
            if (part == 0) Apply(index, own);
            else k.If(k.Less(index, elements), () => Apply(index, own));
        }

        return k.Build();

        void Apply(U32 index, F32[] own)
        {
            F32[] values = [.. k.Load(k.Element(x, index), width).Zip(own, (value, factor) => k.Multiply(value, factor))];
            if (added is { } tensor) values = [.. values.Zip(k.Load(k.Element(tensor, index), width), (value, more) => k.Add(value, more))];
            k.Store(k.Element(y, index), values);
        }
    }

    /// <summary>The factors of a block of four elements; ones where dropout is off.</summary>
    private static F32[] Factors(PtxBuilder k, ControlBlock control, U32 site, U32 block, float rate)
    {
        U32 key0 = control.Word(ControlField.SeedLow), key1 = control.Word(ControlField.SeedHigh);
        U32[] counter = [block, control.Word(ControlField.Step), control.Word(ControlField.RankAndMicroBatch), site];
        Predicate isOff = k.AreEqual(control.Word(ControlField.DropoutIsOn), 0);
        F32 kept = rate < 1f ? 1f / (1f - rate) : 0f;
        return
        [
            .. PhiloxRounds.Block(k, key0, key1, counter).Select(word =>
                k.Select(isOff, 1f, k.Select(k.Less(PhiloxRounds.Uniform(k, word), rate), 0f, kept))),
        ];
    }
}
