using System.Globalization;

namespace Transformer.Compiled.Ptx;

/// <summary>Text to tokens. Numbers: decimal, hexadecimal, octal, binary, <c>0f</c> and <c>0d</c> with the bits in hexadecimal, decimal floating point.</summary>
internal sealed class PtxLexer(string text)
{
    private int _position;
    private int _line = 1;

    public static List<PtxToken> Tokens(string text)
    {
        var lexer = new PtxLexer(text);
        var tokens = new List<PtxToken>();
        do tokens.Add(lexer.Next());
        while (tokens[^1].Kind != PtxTokenKind.End);
        return tokens;
    }

    private char Current => Ahead(0);

    private char Ahead(int count) => _position + count < text.Length ? text[_position + count] : '\0';

    private PtxToken Next()
    {
        SkipBlanks();
        int start = _position;
        if (start >= text.Length) return new PtxToken(PtxTokenKind.End, "", 0, _line, start, start);
        char c = Current;
        if (char.IsAsciiDigit(c)) return Number(start);
        if (IsFirstOfName(c)) return Name(start);
        if (c == '.' && (IsFirstOfName(Ahead(1)) || char.IsAsciiDigit(Ahead(1)))) return Directive(start);
        if (c == '"') return Quoted(start);
        if ("{}[]()<>,;:@!|+-=*/".Contains(c, StringComparison.Ordinal))
        {
            _position++;
            return Token(PtxTokenKind.Punctuation, start);
        }

        throw new PtxException(_line, $"found the character '{c}' (U+{(int)c:X4}), which begins nothing in PTX.");
    }

    private static bool IsFirstOfName(char c) => char.IsAsciiLetter(c) || c is '_' or '$' or '%';

    private static bool IsInName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    private PtxToken Token(PtxTokenKind kind, int start, ulong bits = 0, int skip = 0) =>
        new(kind, text[(start + skip)..(_position - (kind == PtxTokenKind.Text ? 1 : 0))], bits, _line, start, _position);

    private PtxToken Name(int start)
    {
        _position++;
        while (IsInName(Current)) _position++;
        return Token(PtxTokenKind.Identifier, start);
    }

    private PtxToken Directive(int start)
    {
        _position++;
        while (IsInName(Current) || (Current == ':' && Ahead(1) == ':' && IsInName(Ahead(2))))
            _position += Current == ':' ? 2 : 1;
        return Token(PtxTokenKind.Directive, start, skip: 1);
    }

    private PtxToken Quoted(int start)
    {
        _position++;
        while (Current is not ('"' or '\0' or '\n')) _position++;
        if (Current != '"') throw new PtxException(_line, "a string is not closed on its line; expected '\"'.");
        _position++;
        return Token(PtxTokenKind.Text, start, skip: 1);
    }

    private PtxToken Number(int start)
    {
        if (Current == '0' && Ahead(1) is 'f' or 'F') return HexadecimalFloat(start, PtxTokenKind.Float32, 8);
        if (Current == '0' && Ahead(1) is 'd' or 'D') return HexadecimalFloat(start, PtxTokenKind.Float64, 16);
        while (IsInName(Current) || Current == '.' || (Current is '+' or '-' && IsDecimalExponent(start))) _position++;
        string spelling = text[start.._position];
        string digits = spelling.TrimEnd('U');
        if (digits.Contains('.', StringComparison.Ordinal) || (IsDecimalExponent(start, digits.Length) && !IsHexadecimal(digits)))
        {
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) throw BadNumber(spelling);
            return Token(PtxTokenKind.Float64, start, BitConverter.DoubleToUInt64Bits(number));
        }

        return Token(PtxTokenKind.Integer, start, Integer(digits, spelling));
    }

    private static bool IsHexadecimal(string digits) => digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private bool IsDecimalExponent(int start) => text[_position - 1] is 'e' or 'E' && !IsHexadecimal(text[start.._position]);

    private bool IsDecimalExponent(int start, int length) => text.AsSpan(start, length).IndexOfAny('e', 'E') > 0;

    private ulong Integer(string digits, string spelling)
    {
        try
        {
            if (IsHexadecimal(digits)) return Convert.ToUInt64(digits[2..], 16);
            if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase)) return Convert.ToUInt64(digits[2..], 2);
            return digits.Length > 1 && digits[0] == '0' ? Convert.ToUInt64(digits, 8) : ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            throw BadNumber(spelling);
        }
    }

    private PtxToken HexadecimalFloat(int start, PtxTokenKind kind, int digits)
    {
        _position += 2;
        while (IsInName(Current)) _position++;
        string spelling = text[(start + 2).._position];
        if (spelling.Length != digits || !ulong.TryParse(spelling, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits))
            throw new PtxException(_line, $"found '{text[start.._position]}', expected {digits} hexadecimal digits after '{text[start..(start + 2)]}'.");
        return Token(kind, start, bits);
    }

    private PtxException BadNumber(string spelling) => new(_line, $"found '{spelling}', expected a number of at most 64 bits.");

    private void SkipBlanks()
    {
        while (true)
        {
            if (Current == '/' && Ahead(1) == '/')
            {
                while (_position < text.Length && Current != '\n') _position++;
            }
            else if (Current == '/' && Ahead(1) == '*')
            {
                int first = _line;
                int end = text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                if (end < 0) throw new PtxException(first, "a comment is not closed; expected '*/'.");
                _line += text.AsSpan(_position, end - _position).Count('\n');
                _position = end + 2;
            }
            else if (Current == '\n')
            {
                _line++;
                _position++;
            }
            else if (_position < text.Length && char.IsWhiteSpace(Current))
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }
}
