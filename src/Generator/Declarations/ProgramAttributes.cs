using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Reads <c>[Inference]</c> and <c>[Training]</c>, whose sizes depend on the model's context length, and <c>[Cuda]</c>.</summary>
internal static class ProgramAttributes
{
    private const int DefaultPrefillChunk = 64;

    public static InferenceSpec Inference(AttributeUse? use, TransformerSpec spec, DiagnosticSink diagnostics)
    {
        var reader = new AttributeReader(use ?? new AttributeUse("Inference", null, EquatableArray<AttributeValue>.Empty, IsBroken: false), diagnostics);
        var checks = new ValueChecks(diagnostics);
        int contextLength = spec.Main.ContextLength;
        bool isEncoder = spec.Architecture == Architecture.EncoderOnly;
        bool hasTokens = spec.Embedding.Image is null;
        if (isEncoder) reader.WarnWithoutEffect("a decoder", "PrefillChunk");
        else reader.WarnWithoutEffect("an encoder-only model", "SequenceLength", "HiddenStates");
        if (!hasTokens) reader.WarnWithoutEffect("tokens as input", "SequenceLength");

        Setting<int>? batch = reader.Integer("Batch");
        Setting<int>? chunk = isEncoder ? null : reader.Integer("PrefillChunk");
        Setting<int>? length = isEncoder && hasTokens ? reader.Integer("SequenceLength") : null;
        checks.Range(chunk, 1, SpecLimits.ContextLength);
        checks.Range(length, 1, SpecLimits.ContextLength);
        checks.Range(batch, 1, isEncoder ? Math.Min(SpecLimits.DecodedRows, SpecLimits.TokensPerBatch / contextLength) : SpecLimits.DecodedRows);
        CheckContext(chunk, "context", contextLength, diagnostics);
        CheckContext(length, "context", contextLength, diagnostics);
        return new InferenceSpec
        {
            Batch = batch?.Value ?? 1,
            PrefillChunk = isEncoder ? 0 : chunk?.Value ?? Math.Min(DefaultPrefillChunk, contextLength),
            SequenceLength = isEncoder ? length?.Value ?? contextLength : 0,
            HiddenStates = isEncoder && reader.Flag("HiddenStates", false),
        };
    }

    public static TrainingSpec? Training(AttributeUse? use, TransformerSpec spec, DiagnosticSink diagnostics)
    {
        if (use is null) return null;
        var reader = new AttributeReader(use, diagnostics);
        var checks = new ValueChecks(diagnostics);
        int contextLength = spec.Main.ContextLength, sourceContext = spec.Decoder is null ? 0 : spec.Encoder?.ContextLength ?? 0;
        bool hasTokens = spec.Embedding.Image is null;
        if (!hasTokens) reader.WarnWithoutEffect("tokens as input", "SequenceLength");
        if (sourceContext == 0) reader.WarnWithoutEffect("an encoder–decoder", "SourceLength");

        Setting<int>? batch = reader.Required("BatchSize");
        Setting<int>? sequence = hasTokens ? reader.Integer("SequenceLength") : null;
        Setting<int>? source = sourceContext > 0 ? reader.Integer("SourceLength") : null;
        int length = sequence?.Value ?? contextLength, sourceLength = source?.Value ?? sourceContext;
        checks.Range(sequence, 1, SpecLimits.ContextLength);
        checks.Range(source, 1, SpecLimits.ContextLength);
        checks.Range(batch, 1, Math.Min(SpecLimits.BatchSize, SpecLimits.TokensPerBatch / Math.Max(1, Math.Max(length, sourceLength))));
        CheckContext(sequence, "context", contextLength, diagnostics);
        CheckContext(source, "source", sourceContext, diagnostics);
        CombinationChecks.CheckTraining(spec, use.Location, diagnostics);
        return new TrainingSpec
        {
            BatchSize = batch?.Value ?? 1,
            SequenceLength = length,
            SourceLength = sourceLength,
            Frozen = reader.Texts("Frozen"),
            Loss = LossAttributes.Read(reader, spec.Head, Classes(spec, length), diagnostics),
        };
    }

    public static CudaSpec? Cuda(AnnotatedClass annotated, DiagnosticSink diagnostics)
    {
        if (annotated.Cuda is not { } use) return null;
        if (annotated.CudaLibraryIsMissing) diagnostics.Add(DiagnosticDescriptors.CudaLibraryMissing, use.Location, annotated.Name);
        var reader = new AttributeReader(use, diagnostics);
        var spec = new CudaSpec(reader.Choice("Precision", Precision.Float32), reader.Choice("Architecture", GpuArchitecture.Ampere));
        if (spec is { Architecture: GpuArchitecture.Volta, Precision: not Precision.Float32 })
        {
            diagnostics.Add(DiagnosticDescriptors.ChoicesDoNotFit, reader.LocationOf("Precision"),
                "Precision", spec.Precision.ToString(), "Architecture = Volta, whose GPUs have no such products");
        }

        return spec;
    }

    /// <summary>What the logits tell apart: labels, the positions of an answer, or tokens.</summary>
    private static int Classes(TransformerSpec spec, int sequenceLength) => spec.Head.Kind switch
    {
        HeadKind.SpanExtraction => sequenceLength,
        _ => spec.Head.Labels > 0 ? spec.Head.Labels : spec.Main.VocabularySize,
    };

    private static void CheckContext(Setting<int>? tokens, string what, int limit, DiagnosticSink diagnostics)
    {
        if (tokens is null || tokens.Value <= limit || tokens.Value > SpecLimits.ContextLength) return;
        diagnostics.Add(DiagnosticDescriptors.BeyondContext, tokens.Location,
            tokens.Name, InvariantText.Of(tokens.Value), what, InvariantText.Of(limit));
    }
}
