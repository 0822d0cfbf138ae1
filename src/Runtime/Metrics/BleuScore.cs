using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Metrics;

/// <summary>A BLEU score and what it is made of.</summary>
public sealed class BleuScore
{
    internal BleuScore(double value, double brevityPenalty, double[] precisions, long hypothesisLength, long referenceLength)
    {
        Value = value;
        BrevityPenalty = brevityPenalty;
        Precisions = precisions;
        HypothesisLength = hypothesisLength;
        ReferenceLength = referenceLength;
    }

    /// <summary>The score, in [0, 100].</summary>
    public double Value { get; }

    /// <summary>The factor for translations that are too short, in [0, 1].</summary>
    public double BrevityPenalty { get; }

    /// <summary>The smoothed precision of each order from 1, in [0, 100]; all 0 when not one word matched.</summary>
    public IReadOnlyList<double> Precisions { get; }

    /// <summary>Tokens of the translations.</summary>
    public long HypothesisLength { get; }

    /// <summary>Tokens of those references that are closest in length.</summary>
    public long ReferenceLength { get; }

    /// <summary>The line that sacreBLEU prints, such as <c>BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"BLEU = {Value:F2} ");
        for (int i = 0; i < Precisions.Count; i++)
        {
            if (i > 0) text.Append('/');
            text.Append(CultureInfo.InvariantCulture, $"{Precisions[i]:F1}");
        }
        double ratio = Ratio.Of(HypothesisLength, ReferenceLength);
        text.Append(CultureInfo.InvariantCulture, $" (BP = {BrevityPenalty:F3} ratio = {ratio:F3} hyp_len = {HypothesisLength} ref_len = {ReferenceLength})");
        return text.ToString();
    }
}
