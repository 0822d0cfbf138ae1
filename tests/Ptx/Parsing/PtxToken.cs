namespace Transformer.Compiled.Ptx;

internal enum PtxTokenKind
{
    Identifier,
    Directive,
    Integer,
    Float32,
    Float64,
    Text,
    Punctuation,
    End,
}

/// <summary>A token: <paramref name="Text"/> is its spelling (without the point of a directive), <paramref name="Bits"/> the value of a number.</summary>
internal readonly record struct PtxToken(PtxTokenKind Kind, string Text, ulong Bits, int Line, int Start, int End)
{
    public bool Is(char punctuation) => Kind == PtxTokenKind.Punctuation && Text[0] == punctuation;

    public bool IsDirective(string name) => Kind == PtxTokenKind.Directive && Text == name;

    public override string ToString() => Kind switch
    {
        PtxTokenKind.End => "the end of the text",
        PtxTokenKind.Directive => $"'.{Text}'",
        _ => $"'{Text}'",
    };
}
