namespace Transformer.Compiled.Ptx;

/// <summary>Walks over tokens, and says what it found where it expected something else.</summary>
internal sealed class TokenReader(string text)
{
    private readonly List<PtxToken> _tokens = PtxLexer.Tokens(text);
    private int _position;

    public PtxToken Current => _tokens[_position];

    public PtxToken Ahead => _tokens[Math.Min(_position + 1, _tokens.Count - 1)];

    public PtxToken Take() => Current.Kind == PtxTokenKind.End ? Current : _tokens[_position++];

    public bool TryTake(char punctuation)
    {
        if (!Current.Is(punctuation)) return false;
        _position++;
        return true;
    }

    public bool TryTakeDirective(string name)
    {
        if (!Current.IsDirective(name)) return false;
        _position++;
        return true;
    }

    public void Expect(char punctuation)
    {
        if (!TryTake(punctuation)) throw Unexpected($"'{punctuation}'");
    }

    public PtxToken ExpectName(string what)
    {
        if (Current.Kind != PtxTokenKind.Identifier) throw Unexpected(what);
        return Take();
    }

    public PtxToken ExpectDirective(string what)
    {
        if (Current.Kind != PtxTokenKind.Directive) throw Unexpected(what);
        return Take();
    }

    public int ExpectInteger(string what)
    {
        if (Current.Kind != PtxTokenKind.Integer || Current.Bits > int.MaxValue) throw Unexpected(what);
        return (int)Take().Bits;
    }

    public PtxType ExpectType()
    {
        var token = ExpectDirective("a type as in '.u32'");
        return PtxTypes.Find(token.Text) ?? throw new PtxException(token.Line, $"found '.{token.Text}', expected a type as in '.u32'.");
    }

    /// <summary>The text from a token up to the one before the current.</summary>
    public string TextFrom(PtxToken first) => text[first.Start.._tokens[_position - 1].End];

    public PtxException Unexpected(string expected) => new(Current.Line, $"found {Current}, expected {expected}.");
}
