using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonNormalizer
{
    /// <summary>The regular expression that SentencePiece's models come with: two spaces or more.</summary>
    private const string RunsOfSpaces = " {2,}";

    private const string Supported =
        "\"Prepend\", \"Replace\", \"Strip\", \"Precompiled\", \"NFC\", \"NFD\", \"NFKC\", \"NFKD\", \"Lowercase\", \"BertNormalizer\" or a \"Sequence\" of them";

    public static Normalizer[] Read(JsonPlace place) => [.. TokenizerJson.Steps(place, "normalizers").SelectMany(ReadStep)];

    private static IEnumerable<Normalizer> ReadStep(JsonPlace step) => TokenizerJson.TypeOf(step) switch
    {
        "Prepend" => [new Normalizer.Prepend(step.Required("prepend").String())],
        "Replace" => [ReadReplace(step)],
        "Strip" => ReadStrip(step),
        "Precompiled" => ReadPrecompiled(step.Required("precompiled_charsmap")),
        "NFC" => [ReadUnicode(step, NormalizationForm.FormC)],
        "NFD" => [ReadUnicode(step, NormalizationForm.FormD)],
        "NFKC" => [ReadUnicode(step, NormalizationForm.FormKC)],
        "NFKD" => [ReadUnicode(step, NormalizationForm.FormKD)],
        "Lowercase" => [new BertNormalizer(BertSteps.LowersCase)],
        "BertNormalizer" => [ReadBert(step)],
        _ => throw TokenizerJson.UnknownType(step, Supported),
    };

    private static Normalizer ReadReplace(JsonPlace step)
    {
        string content = step.Required("content").String();
        JsonPlace expression = step.Required("pattern")["Regex"];
        if (expression.IsNull) return new Normalizer.Replace(TokenizerJson.Pattern(step), content);
        return expression.String() == RunsOfSpaces
            ? new Normalizer.ReplaceRuns(content)
            : throw step["pattern"].Unsupported(step["pattern"].Found(), $"a String, or the Regex \"{RunsOfSpaces}\"");
    }

    private static IEnumerable<Normalizer> ReadStrip(JsonPlace step)
    {
        if (step["strip_left"].Flag()) yield return new Normalizer.StripLeft();
        if (step["strip_right"].Flag()) yield return new Normalizer.StripRight();
    }

    /// <summary>A map of characters as SentencePiece has it, applied as SentencePiece does: the longest sequence first.</summary>
    private static Normalizer[] ReadPrecompiled(JsonPlace place)
    {
        byte[] bytes = new byte[place.String().Length];
        if (!Convert.TryFromBase64String(place.String(), bytes, out int length)) throw place.Unsupported(place.Found(), "a character map in Base64");
        if (length == 0) return [];
        return [new SentencePieceNormalizer(new CharacterMap(bytes.AsSpan(0, length), $"{place.File}: {place.Path}"), SentencePieceSteps.None, new PieceTrie())];
    }

    private static UnicodeNormalizer ReadUnicode(JsonPlace step, NormalizationForm form) => UnicodeNormalizer.IsSupported
        ? new UnicodeNormalizer(form)
        : throw step["type"].Unsupported(step["type"].Found(), "a normalisation that needs no globalization data: this program's globalization is invariant");

    private static BertNormalizer ReadBert(JsonPlace step)
    {
        bool lowers = IsSet("lowercase", otherwise: true);
        return new BertNormalizer(
            (IsSet("clean_text", otherwise: true) ? BertSteps.CleansText : BertSteps.None)
            | (IsSet("handle_chinese_chars", otherwise: true) ? BertSteps.SeparatesChinese : BertSteps.None)
            | (IsSet("strip_accents", otherwise: lowers) ? BertSteps.StripsAccents : BertSteps.None)
            | (lowers ? BertSteps.LowersCase : BertSteps.None));

        bool IsSet(string name, bool otherwise) => step[name].IsNull ? otherwise : step[name].Flag();
    }
}
