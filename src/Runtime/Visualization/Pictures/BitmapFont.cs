using System.Text;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// Letters of 5×8 pixels for ASCII. Other characters are hollow boxes, because no font for all scripts is small.
/// </summary>
internal static class BitmapFont
{
    /// <summary>Pixels from one letter to the next.</summary>
    public const int Advance = 6;

    /// <summary>Pixels of a letter's height, with what goes below the line.</summary>
    public const int Height = 8;

    private const int Columns = 5;

    /// <summary>Five columns of each character from the space on; the lowest bit is the top.</summary>
    private const string Glyphs =
        "0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0000050300 001C224100 0041221C00 14083E0814 08083E0808 "
        + "0050300000 0808080808 0060600000 2010080402 3E5149453E 00427F4000 4261514946 2141454B31 1814127F10 2745454539 3C4A494930 0171090503 "
        + "3649494936 064949291E 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906 324979413E 7E1111117E 7F49494936 3E41414122 "
        + "7F4141221C 7F49494941 7F09090901 3E4149497A 7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F020C027F 7F0408107F 3E4141413E "
        + "7F09090906 3E4151215E 7F09192946 4649494931 01017F0101 3F4040403F 1F2040201F 3F4038403F 6314081463 0708700807 6151494543 007F414100 "
        + "0204081020 0041417F00 0402010204 4040404040 0001020400 2054545478 7F48444438 3844444420 384444487F 3854545418 087E090102 18A4A4A47C "
        + "7F08040478 00447D4000 4080847D00 7F10284400 00417F4000 7C04180478 7C08040478 3844444438 FC24242418 18242418FC 7C08040408 4854545420 "
        + "043F444020 3C4040207C 1C2040201C 3C4030403C 4428102844 1CA0A0A07C 4464544C44 0008364100 00007F0000 0041360800 0201020402";

    private const string Box = "7E4242427E";

    /// <summary>The glyphs' columns, and behind them those of the box.</summary>
    private static readonly byte[] Bits = Convert.FromHexString((Glyphs + Box).Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Pixels of a text's width.</summary>
    public static int WidthOf(string text) => text.EnumerateRunes().Count() * Advance;

    /// <summary>Whether a letter has ink at a pixel.</summary>
    public static bool HasInk(Rune letter, int column, int row)
    {
        if (column >= Columns) return false;
        int glyph = letter.Value is >= ' ' and <= '~' ? letter.Value - ' ' : (Bits.Length / Columns) - 1;
        return ((Bits[(glyph * Columns) + column] >> row) & 1) != 0;
    }

    /// <summary>
    /// What a label shows of a text: white space and control characters as dots; the number of the place alone, "#12", where no character is
    /// ASCII or there is none; at most <paramref name="length"/> characters.
    /// </summary>
    public static string Label(string text, int index, int length)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        if (!runes.Any(rune => rune.IsAscii)) return $"#{index}";
        var label = new StringBuilder();
        foreach (Rune rune in runes.AsSpan(0, Math.Min(runes.Length, length))) label.Append(rune.Value is <= ' ' or 0x7F ? "." : rune.ToString());
        if (runes.Length > length) label.Append("..");
        return label.ToString();
    }
}
