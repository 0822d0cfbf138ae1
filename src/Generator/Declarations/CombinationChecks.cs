using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Reports choices of which each is fine by itself and that nothing can build together.</summary>
internal sealed class CombinationChecks(SpecDraft draft, DiagnosticSink diagnostics)
{
    private const string EncoderOnly = "a model that is not an encoder";

    private bool IsEncoder => draft.Decoder is null;

    /// <summary>What a model that is to be trained must have.</summary>
    public static void CheckTraining(TransformerSpec spec, LocationInfo? location, DiagnosticSink diagnostics)
    {
        if (spec.Head.Kind == HeadKind.None)
            diagnostics.Add(DiagnosticDescriptors.ChoicesDoNotFit, location, "Head", nameof(HeadKind.None), "[Training], which needs something that can be wrong");
    }

    public void Run()
    {
        CheckHead();
        if (!IsEncoder && draft.InputMask) Report("InputMask", "true", EncoderOnly);
        if (draft is { SharedEmbeddings: true, Encoder: { } encoder, Decoder: { } decoder } && encoder.VocabularySize!.Value != decoder.VocabularySize!.Value)
            Report("SharedEmbeddings", "true", "two vocabularies of different sizes");
        CheckStack(draft.Main);
    }

    private void CheckHead()
    {
        HeadKind head = draft.Head.Kind;
        if (!IsEncoder && head != HeadKind.LanguageModel) ReportHead("a decoder, which predicts the next token");
        else if (IsEncoder && head == HeadKind.LanguageModel) ReportHead("an encoder, which sees the next token");
        else if (draft.Image is not null && head is HeadKind.MaskedLanguageModel) ReportHead("images, which have no vocabulary");
        else if (head == HeadKind.SequenceClassification && draft.Head.Pooling == PoolingKind.None) Report("Pooling", "None", "a classifier of whole sequences");

        void ReportHead(string other) => Report("Head", head.ToString(), other);
    }

    /// <summary>What attributes say of a stack they say of both; configs say nothing that does not fit.</summary>
    private void CheckStack(StackDraft stack)
    {
        if (!IsEncoder && !stack.Causal) Report("Causal", "false", "a decoder, which predicts the token that it must not see; leave it out, or make the model an encoder");
        if (!IsEncoder && stack.PairMask != PairMask.None) Report("PairMask", stack.PairMask.ToString(), EncoderOnly);
        if (stack is { LinearFeedForward: true, Gated: true }) Report("LinearFeedForward", "true", "a gate");
        if (stack.Residual is ResidualKind.Parallel or ResidualKind.ParallelSharedNorm)
        {
            if (draft.NormPlacement == NormPlacement.Post) Report("Residual", stack.Residual.ToString(), "norms after the sublayers");
            else if (!IsEncoder && draft.Encoder is not null) Report("Residual", stack.Residual.ToString(), "an encoder–decoder, whose layers attend twice");
        }

        PositionDraft position = stack.Position;
        if (!IsEncoder && position.Kind == PositionKind.RelativeKeysAndQueries) Report("Position", position.Kind.ToString(), EncoderOnly);
        if (position.Combination == PositionCombination.Concatenated && draft.Head.Tied)
            Report("PositionCombination", position.Combination.ToString(), "a tied head, which needs token vectors as wide as the model");
        CheckBuckets(position, stack.Causal);
        if (position.EveryLayer && position.Combination != PositionCombination.Added)
            Report("PositionEveryLayer", "true", "positions that stand beside the tokens' vectors");
    }

    /// <summary>Half the buckets of a direction are for one distance each; the others have to have distances left.</summary>
    private void CheckBuckets(PositionDraft position, bool isCausal)
    {
        if (position is not { Kind: PositionKind.RelativeBias, Buckets: { } buckets, MaxDistance: { } distance }) return;
        int exact = (isCausal ? buckets.Value : buckets.Value / 2) / 2;
        if (distance.Value <= exact)
        {
            Report("RelativeMaxDistance", InvariantText.Of(distance.Value),
                $"{InvariantText.Of(buckets.Value)} buckets, of which {InvariantText.Of(exact)} of a direction are for one distance each");
        }
    }

    private void Report(string name, string value, string other) =>
        diagnostics.Add(DiagnosticDescriptors.ChoicesDoNotFit, draft.PlaceOf?.Invoke(name) ?? draft.Location, name, value, other);
}
