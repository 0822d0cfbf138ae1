namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What a kernel adds to its result: a tensor, always or where a condition holds.</summary>
internal sealed record AddedTensor(GlobalAddress Start, Predicate? Condition)
{
    /// <summary>The addend of a variant; the control block, if it is read, is the last parameter.</summary>
    /// <param name="k">The kernel.</param>
    /// <param name="addend">The variant.</param>
    /// <param name="declared">What <see cref="AddendNames.Buffer"/> declared.</param>
    /// <param name="destination">Where the result goes.</param>
    public static AddedTensor? Of(PtxBuilder k, Addend addend, GlobalAddress? declared, GlobalAddress destination) => addend == Addend.Accumulated
        ? new AddedTensor(destination, IsLaterMicroBatch(k))
        : declared is { } tensor ? new AddedTensor(tensor, null) : null;

    /// <summary>Whether there were micro-batches before this one in the step.</summary>
    public static Predicate IsLaterMicroBatch(PtxBuilder k) => k.Differ(new ControlBlock(k).Word(ControlField.AccumulationIsOn), 0);

    /// <summary>Elements of the tensor from an index on, or zeros where the condition does not hold.</summary>
    public F32[] Load(PtxBuilder k, U32 index, int width) => [.. k.Load(k.Element(Start, index), width).Select(value => Kept(k, value))];

    /// <summary>A value of the tensor, or zero where the condition does not hold.</summary>
    public F32 Kept(PtxBuilder k, F32 value) => Condition is { } condition ? k.Select(condition, value, 0f) : value;
}
