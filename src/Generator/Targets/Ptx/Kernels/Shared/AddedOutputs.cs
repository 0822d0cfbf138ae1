namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What is added to the outputs of a kernel, by their numbers.</summary>
/// <param name="Added">The outputs with an addend of their own parameter.</param>
/// <param name="Accumulated">Those that are added to what they hold.</param>
internal readonly record struct AddedOutputs(uint Added, uint Accumulated)
{
    public static AddedOutputs None => default;

    public string Term => (Added == 0 ? "" : " + addends") + (Accumulated == 0 ? "" : " + earlier micro-batches");

    public static AddedOutputs Of(IEnumerable<Addend> addends)
    {
        uint added = 0, accumulated = 0, bit = 1;
        foreach (Addend addend in addends)
        {
            if (addend == Addend.Added) added |= bit;
            if (addend == Addend.Accumulated) accumulated |= bit;
            bit <<= 1;
        }

        return new AddedOutputs(added, accumulated);
    }

    /// <summary>Ends the kernel's name: the outputs are named where some have an addend and others do not.</summary>
    public string Suffix(IReadOnlyList<string> outputs) => Suffix("_Add", Added, outputs) + Suffix("_Accumulate", Accumulated, outputs);

    /// <summary>A parameter for each addend, in the order of the outputs.</summary>
    public GlobalAddress?[] Buffers(PtxBuilder k, IReadOnlyList<string> outputs)
    {
        uint added = Added;
        return [.. outputs.Select((output, number) => k.BufferIf((added >> number & 1) != 0, output + "Addend"))];
    }

    /// <summary>The addend of each output; the control block, if it is read, is the last parameter.</summary>
    public AddedTensor?[] Tensors(PtxBuilder k, IReadOnlyList<GlobalAddress?> buffers, IReadOnlyList<GlobalAddress> destinations)
    {
        uint accumulated = Accumulated;
        Predicate? isLater = accumulated == 0 ? null : AddedTensor.IsLaterMicroBatch(k);
        return
        [
            .. buffers.Select((buffer, number) => (accumulated >> number & 1) != 0
                ? new AddedTensor(destinations[number], isLater)
                : buffer is { } tensor ? new AddedTensor(tensor, null) : null),
        ];
    }

    private static string Suffix(string verb, uint numbers, IReadOnlyList<string> outputs)
    {
        if (numbers == 0) return "";
        return numbers == (1u << outputs.Count) - 1 ? verb : $"{verb}To_" + string.Join("_", outputs.Where((_, number) => (numbers >> number & 1) != 0));
    }
}
