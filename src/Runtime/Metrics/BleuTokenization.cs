namespace Transformer.Compiled.Metrics;

/// <summary>How BLEU splits a text into tokens; the names of sacreBLEU are in quotes.</summary>
public enum BleuTokenization
{
    /// <summary>"13a": the rules of NIST's mteval-v13a.pl, for languages that write spaces between words.</summary>
    Mteval13a,

    /// <summary>"char": each Unicode code point that is not white space is a token.</summary>
    Character,

    /// <summary>"zh": each Chinese character is a token, and the text between them is split by the rules of mteval-v13a.</summary>
    Chinese,

    /// <summary>"none": the text is tokenised already, and split at white space only.</summary>
    WhiteSpace,
}
