namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>The register files of PTX that kernels use; each has names of its own.</summary>
internal enum RegisterFile
{
    Predicate,

    /// <summary>32 bits of an integer.</summary>
    Word,

    /// <summary>64 bits: addresses, and integers of that width.</summary>
    Long,

    /// <summary>32 bits of a float.</summary>
    Float,
}

/// <summary>A virtual register, such as %f12.</summary>
internal readonly record struct Register(RegisterFile File, int Number)
{
    public string Name => RegisterNames.Prefix(File) + InvariantNumber.Text(Number);
}

/// <summary>How the register files are spelled, and what a register of each costs.</summary>
internal static class RegisterNames
{
    public static IReadOnlyList<RegisterFile> Files { get; } = [RegisterFile.Predicate, RegisterFile.Word, RegisterFile.Long, RegisterFile.Float];

    public static string Prefix(RegisterFile file) => file switch
    {
        RegisterFile.Predicate => "%p",
        RegisterFile.Word => "%r",
        RegisterFile.Long => "%rd",
        _ => "%f",
    };

    public static string Type(RegisterFile file) => file switch
    {
        RegisterFile.Predicate => "pred",
        RegisterFile.Word => "b32",
        RegisterFile.Long => "b64",
        _ => "f32",
    };

    /// <summary>32-bit registers of the hardware for one of the file; predicates have a file of their own.</summary>
    public static int Cost(RegisterFile file) => file switch
    {
        RegisterFile.Predicate => 0,
        RegisterFile.Long => 2,
        _ => 1,
    };
}
