namespace Transformer.Compiled.Ptx;

/// <summary>The lowest <c>.version</c> and <c>.target</c> of an instruction.</summary>
/// <param name="Version">Of PTX.</param>
/// <param name="Architecture">The number of the target: 80 for sm_80.</param>
internal readonly record struct InstructionLevel(Version Version, int Architecture)
{
    public override string ToString() => $".version {Version} and sm_{Architecture}";
}

/// <summary>What the PTX ISA's notes say of instructions that not every module may have (sections "PTX ISA Notes" and "Target ISA Notes").</summary>
internal static class InstructionLevels
{
    private static readonly InstructionLevel Ampere = Level(7, 0, 80), Hopper = Level(7, 8, 90);

    private static readonly Dictionary<string, InstructionLevel> ByOpcode = new()
    {
        ["cp"] = Ampere,
        ["redux"] = Ampere,
        ["ldmatrix"] = Level(6, 5, 75),
        ["shfl"] = Level(6, 0, 30),
        ["vote"] = Level(6, 0, 30),
        ["activemask"] = Level(6, 2, 30),
        ["match"] = Level(6, 0, 70),
        ["lop3"] = Level(4, 3, 50),
        ["nanosleep"] = Level(6, 3, 70),
    };

    /// <summary>What an instruction needs; null for one that every module may have.</summary>
    public static InstructionLevel? Of(PtxInstruction instruction)
    {
        IReadOnlyList<string> modifiers = instruction.Modifiers;
        bool Has(string modifier) => modifiers.Contains(modifier);
        return instruction.Opcode switch
        {
            "mma" => Has("bf16") || Has("tf32") || Has("m16n8k16") ? Ampere : Level(6, 5, 75),
            "cvt" => OfConversion(modifiers),
            "fma" when Has("relu") || Has("bf16") || Has("bf16x2") => Ampere,
            "min" or "max" when Has("NaN") => Ampere,
            "tanh" => Level(7, 0, 75),
            "ex2" when Has("bf16") || Has("bf16x2") => Hopper,
            string opcode => ByOpcode.TryGetValue(opcode, out InstructionLevel level) ? level : null,
        };
    }

    /// <summary>The types of a conversion are its last two modifiers: to, from.</summary>
    private static InstructionLevel? OfConversion(IReadOnlyList<string> modifiers)
    {
        if (modifiers.Count < 2) return null;
        if (modifiers[^1] is "bf16" or "bf16x2") return Hopper;
        return modifiers[^2] is "bf16" or "bf16x2" or "tf32" || modifiers.Contains("relu") ? Ampere : null;
    }

    private static InstructionLevel Level(int major, int minor, int architecture) => new(new Version(major, minor), architecture);
}
