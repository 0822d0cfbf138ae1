namespace Transformer.Compiled.Ptx;

/// <summary>Makes an operation of an instruction.</summary>
internal delegate Operation Decoder(Decoding decoding);

/// <summary>The instructions that are known, by opcode.</summary>
internal static class InstructionSet
{
    public static IReadOnlyDictionary<string, Decoder> Decoders { get; } = All();

    private static Dictionary<string, Decoder> All()
    {
        var decoders = new Dictionary<string, Decoder>(StringComparer.Ordinal);
        IntegerInstructions.AddTo(decoders);
        FloatInstructions.AddTo(decoders);
        LogicInstructions.AddTo(decoders);
        ComparisonInstructions.AddTo(decoders);
        MoveInstructions.AddTo(decoders);
        ConversionInstructions.AddTo(decoders);
        MemoryInstructions.AddTo(decoders);
        ControlInstructions.AddTo(decoders);
        WarpInstructions.AddTo(decoders);
        AtomicInstructions.AddTo(decoders);
        AsyncCopyInstructions.AddTo(decoders);
        MatrixInstructions.AddTo(decoders);
        return decoders;
    }
}
