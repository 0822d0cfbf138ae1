using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Unicode's normalisation forms (Unicode Standard Annex 15), by the run-time's globalization.</summary>
internal sealed record UnicodeNormalizer(NormalizationForm Form) : Normalizer
{
    /// <summary>Whether the run-time normalises: not where globalization is invariant.</summary>
    public static bool IsSupported { get; } = "\uFB01".Normalize(NormalizationForm.FormKC) == "fi";

    /// <summary>Halves of surrogate pairs become U+FFFD.</summary>
    public override string Apply(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(Form);
}
