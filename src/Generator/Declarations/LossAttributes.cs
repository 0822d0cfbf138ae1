using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Reads what <c>[Training]</c> says of the loss.</summary>
internal static class LossAttributes
{
    /// <param name="reader">The attribute's values.</param>
    /// <param name="head">What the loss is of.</param>
    /// <param name="classes">Classes that the head tells apart.</param>
    /// <param name="diagnostics">Where errors go.</param>
    public static LossSpec Read(AttributeReader reader, HeadSpec head, int classes, DiagnosticSink diagnostics)
    {
        LossKind kind = reader.Choice("Loss", head.Loss);
        if (HasOneLabel(head) && kind is (LossKind.CrossEntropy or LossKind.SoftTargets))
            Report(reader, kind, "BinaryCrossEntropy or MeanSquaredError for a single label", diagnostics);
        if (kind != LossKind.CrossEntropy)
        {
            if (!Fits(kind, head.Kind)) ReportKind(reader, kind, head.Kind, diagnostics);
            reader.WarnWithoutEffect("a cross-entropy of classes", "LabelSmoothing", "ClassWeights");
            return new LossSpec { Kind = kind };
        }

        var checks = new ValueChecks(diagnostics);
        Setting<double> smoothing = reader.Number("LabelSmoothing", 0);
        checks.Range(smoothing, 0, 1);
        return new LossSpec { Kind = kind, LabelSmoothing = (float)smoothing.Value, ClassWeights = ClassWeights(reader, classes, diagnostics) };
    }

    /// <summary>Labels may be compared in any way, tokens as classes; an answer's place is one class.</summary>
    private static bool Fits(LossKind kind, HeadKind head) => head switch
    {
        HeadKind.SequenceClassification or HeadKind.TokenClassification => true,
        HeadKind.LanguageModel or HeadKind.MaskedLanguageModel => kind is LossKind.CrossEntropy or LossKind.SoftTargets,
        _ => kind == LossKind.CrossEntropy,
    };

    private static void ReportKind(AttributeReader reader, LossKind kind, HeadKind head, DiagnosticSink diagnostics)
    {
        string fitting = string.Join(" or ", ((LossKind[])Enum.GetValues(typeof(LossKind))).Where(candidate => Fits(candidate, head)));
        Report(reader, kind, $"{fitting} for the head {head}", diagnostics);
    }

    private static void Report(AttributeReader reader, LossKind kind, string expectation, DiagnosticSink diagnostics) =>
        diagnostics.Add(DiagnosticDescriptors.ValueOutOfRange, reader.LocationOf("Loss"), "Loss", kind.ToString(), expectation);

    /// <summary>One class alone is always right: there is nothing to learn.</summary>
    private static bool HasOneLabel(HeadSpec head) => head is { Kind: HeadKind.SequenceClassification or HeadKind.TokenClassification, Labels: 1 };

    private static EquatableArray<float> ClassWeights(AttributeReader reader, int classes, DiagnosticSink diagnostics)
    {
        if (reader.Numbers("ClassWeights") is not { } weights) return EquatableArray<float>.Empty;
        foreach (double weight in weights.Value)
        {
            if (weight is < 0 or > 1e30 or double.NaN) Report(InvariantText.Of(weight), "from 0 to 1E+30");
        }

        if (weights.Value.Count != classes) Report($"{InvariantText.Of(weights.Value.Count)} weights", $"one weight for each of the {InvariantText.Of(classes)} classes");
        else if (weights.Value.All(weight => weight == 0)) Report("zero for every class", "positive for at least one");
        return new EquatableArray<float>([.. weights.Value.Select(weight => (float)weight)]);

        void Report(string value, string expectation)
            => diagnostics.Add(DiagnosticDescriptors.ValueOutOfRange, weights.Location, weights.Name, value, expectation);
    }
}
