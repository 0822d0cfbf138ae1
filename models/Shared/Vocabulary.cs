using System.Text;

namespace Transformer.Compiled.Models;

/// <summary>Tokens of whole symbols (words or characters): special ones first, then the symbols in the order given.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);
    private readonly string[] _symbols;
    private readonly int _specials;

    /// <param name="specials">Tokens 0 to <paramref name="specials"/> − 1 are no symbols.</param>
    /// <param name="symbols">Each once.</param>
    public Vocabulary(int specials, IEnumerable<string> symbols)
    {
        _specials = specials;
        _symbols = [.. symbols];
        foreach (string symbol in _symbols) _tokens.Add(symbol, specials + _tokens.Count);
    }

    /// <summary>All tokens, special ones included.</summary>
    public int Count => _specials + _symbols.Length;

    /// <summary>The token of a symbol; null if it has none.</summary>
    public int? Find(string symbol) => _tokens.TryGetValue(symbol, out int token) ? token : null;

    /// <summary>The symbol of a token; nothing for a special one, and for one that the vocabulary does not have.</summary>
    public string SymbolOf(int token) => (uint)(token - _specials) < (uint)_symbols.Length ? _symbols[token - _specials] : "";

    /// <summary>The symbols of tokens, one after another.</summary>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new StringBuilder();
        foreach (int token in tokens) text.Append(SymbolOf(token));
        return text.ToString();
    }
}
