using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>A class with <c>[Transformer]</c> as found in the source: names, attributes, and what is wrong with the class itself.</summary>
internal sealed record AnnotatedClass
{
    public required string Namespace { get; init; }
    public required EquatableArray<string> ContainingTypes { get; init; }
    public required string Name { get; init; }
    public required string HintName { get; init; }
    public required AttributeUse Transformer { get; init; }
    public required AttributeUse? Training { get; init; }
    public required AttributeUse? Inference { get; init; }
    public bool CapturesAttention { get; init; }
    public AttributeUse? Cuda { get; init; }

    /// <summary>Whether there is a <c>[Cuda]</c>, and the project has no reference to what its code calls.</summary>
    public bool CudaLibraryIsMissing { get; init; }
    public required EquatableArray<DiagnosticInfo> Problems { get; init; }
}

/// <summary>
/// An attribute as applied: the values that the user wrote, and where. It is broken where some argument does not compile, so that the compiler
/// itself reports it.
/// </summary>
internal sealed record AttributeUse(string Name, LocationInfo? Location, EquatableArray<AttributeValue> Values, bool IsBroken)
{
    public AttributeValue? Find(string name)
    {
        foreach (AttributeValue value in Values)
        {
            if (value.Name == name) return value;
        }

        return null;
    }
}

/// <summary>One argument: numbers, booleans (0 and 1) and enum members as a number, strings and arrays of strings as texts, arrays of numbers as numbers.</summary>
internal sealed record AttributeValue(string Name, LocationInfo? Location, double Number, EquatableArray<string> Texts)
{
    /// <summary>The elements of an array of numbers.</summary>
    public EquatableArray<double> Numbers { get; init; } = EquatableArray<double>.Empty;
}
