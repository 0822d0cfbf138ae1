using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Which letters a BERT model tells apart.</summary>
public enum LetterCase
{
    /// <summary>Texts are as they are.</summary>
    Cased,

    /// <summary>Accents are taken away, and letters made lower case.</summary>
    Uncased,
}

/// <summary>The steps of BERT's normaliser (Devlin et al. 2019, and the tokenization of its published code).</summary>
[Flags]
internal enum BertSteps
{
    None = 0,

    /// <summary>Control characters are left out, and white space becomes a space.</summary>
    CleansText = 1,

    /// <summary>Spaces around Chinese characters.</summary>
    SeparatesChinese = 2,

    /// <summary>Nonspacing marks are left out of the canonical decomposition.</summary>
    StripsAccents = 4,

    LowersCase = 8,
}

/// <summary>BERT's normaliser.</summary>
internal sealed record BertNormalizer(BertSteps Steps) : Normalizer
{
    public static BertNormalizer Of(LetterCase letterCase) => new(
        BertSteps.CleansText | BertSteps.SeparatesChinese
        | (letterCase == LetterCase.Uncased ? BertSteps.StripsAccents | BertSteps.LowersCase : BertSteps.None));

    public override string Apply(string text)
    {
        if (Steps.HasFlag(BertSteps.CleansText)) text = Changed(text, Clean);
        if (Steps.HasFlag(BertSteps.SeparatesChinese)) text = Changed(text, SeparateChinese);
        if (Steps.HasFlag(BertSteps.StripsAccents)) text = Changed(text, CanonicalBases.Append);
        if (Steps.HasFlag(BertSteps.LowersCase)) text = Changed(text, LowerCase);
        return text;
    }

    /// <summary>Lower case, character by character: of all characters only one becomes two.</summary>
    public static void LowerCase(Rune character, StringBuilder changed)
    {
        const char CapitalIWithDot = '\u0130';
        if (character.Value == CapitalIWithDot)
            changed.Append("i\u0307");
        else
            Append(Rune.ToLowerInvariant(character), changed);
    }

    private static string Changed(string text, Action<Rune, StringBuilder> change)
    {
        var changed = new StringBuilder(text.Length);
        foreach (Rune character in text.EnumerateRunes()) change(character, changed);
        return changed.ToString();
    }

    private static void Clean(Rune character, StringBuilder changed)
    {
        bool isSpace = character.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator;
        if (isSpace)
            changed.Append(' ');
        else if (character != Rune.ReplacementChar && !IsControl(character))
            Append(character, changed);
    }

    private static bool IsControl(Rune character) => Rune.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static void SeparateChinese(Rune character, StringBuilder changed)
    {
        bool isChinese = IsChinese(character.Value);
        if (isChinese) changed.Append(' ');
        Append(character, changed);
        if (isChinese) changed.Append(' ');
    }

    /// <summary>The blocks of CJK ideographs; Hangul, Hiragana and Katakana are written with spaces or as words.</summary>
    private static bool IsChinese(int character) => character is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private static void Append(Rune character, StringBuilder text)
    {
        Span<char> characters = stackalloc char[2];
        text.Append(characters[..character.EncodeToUtf16(characters)]);
    }
}
