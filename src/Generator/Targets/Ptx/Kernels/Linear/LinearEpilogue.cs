using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What follows a product: act(sum + bias) + addend; each may be none.</summary>
internal sealed record LinearEpilogue(GlobalAddress? Bias, Activation? Activation, AddedTensor? Addend)
{
    /// <summary>Of elements that follow each other from a column on; <paramref name="index"/> is the first one's in the destination.</summary>
    public F32[] Apply(PtxBuilder k, F32[] sums, U32 column, U32 index)
    {
        F32[] values = sums;
        if (Bias is { } bias) values = Added(k, values, k.Load(k.Element(bias, column), sums.Length));
        if (Activation is { } activation) values = [.. values.Select(value => ActivationFormula.Of(activation).Apply(k, value))];
        return Addend is { } addend ? Added(k, values, addend.Load(k, index, sums.Length)) : values;
    }

    private static F32[] Added(PtxBuilder k, F32[] values, F32[] more) => [.. values.Zip(more, (a, b) => k.Add(a, b))];
}
