using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Reads <c>[Inference]</c> and <c>[Training]</c>, whose sizes depend on the model's context length.</summary>
internal static class ProgramAttributes
{
    private const int DefaultPrefillChunk = 64;

    public static InferenceSpec Inference(AttributeUse? use, int contextLength, DiagnosticSink diagnostics)
    {
        var reader = new AttributeReader(use ?? new AttributeUse("Inference", null, EquatableArray<AttributeValue>.Empty, IsBroken: false), diagnostics);
        var checks = new ValueChecks(diagnostics);
        Setting<int>? batch = reader.Integer("Batch");
        Setting<int>? chunk = reader.Integer("PrefillChunk");
        checks.Range(batch, 1, SpecLimits.DecodedRows);
        checks.Range(chunk, 1, SpecLimits.ContextLength);
        CheckContext(chunk, contextLength, diagnostics);
        return new InferenceSpec
        {
            Batch = batch?.Value ?? 1,
            PrefillChunk = chunk?.Value ?? Math.Min(DefaultPrefillChunk, contextLength),
        };
    }

    public static TrainingSpec? Training(AttributeUse? use, int contextLength, DiagnosticSink diagnostics)
    {
        if (use is null) return null;
        var reader = new AttributeReader(use, diagnostics);
        var checks = new ValueChecks(diagnostics);
        Setting<int>? batch = reader.Required("BatchSize");
        Setting<int>? sequence = reader.Integer("SequenceLength");
        int length = sequence?.Value ?? contextLength;
        checks.Range(sequence, 1, SpecLimits.ContextLength);
        checks.Range(batch, 1, Math.Min(SpecLimits.BatchSize, SpecLimits.TokensPerBatch / Math.Max(1, length)));
        CheckContext(sequence, contextLength, diagnostics);
        return new TrainingSpec
        {
            BatchSize = batch?.Value ?? 1,
            SequenceLength = length,
            Frozen = reader.Texts("Frozen"),
        };
    }

    private static void CheckContext(Setting<int>? tokens, int contextLength, DiagnosticSink diagnostics)
    {
        if (tokens is null || tokens.Value <= contextLength || tokens.Value > SpecLimits.ContextLength) return;
        diagnostics.Add(DiagnosticDescriptors.BeyondContext, tokens.Location,
            tokens.Name, InvariantText.Of(tokens.Value), InvariantText.Of(contextLength));
    }
}
