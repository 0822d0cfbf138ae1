using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Checks a draft's numbers, one by one and against each other, and makes the spec of it.</summary>
internal sealed class SpecValidator
{
    private readonly SpecDraft _draft;
    private readonly DiagnosticSink _diagnostics;
    private readonly ValueChecks _checks;

    private SpecValidator(SpecDraft draft, DiagnosticSink diagnostics)
    {
        _draft = draft;
        _diagnostics = diagnostics;
        _checks = new ValueChecks(diagnostics);
    }

    /// <summary>The spec, or null where the draft has an error or already had one.</summary>
    public static TransformerSpec? Validate(SpecDraft draft, DiagnosticSink diagnostics)
    {
        if (diagnostics.HasErrors) return null;

        var validator = new SpecValidator(draft, diagnostics);
        validator.CheckRanges();
        if (diagnostics.HasErrors) return null;

        new CombinationChecks(draft, diagnostics).Run();
        if (diagnostics.HasErrors) return null;

        ImageSpec? image = validator.Image();
        if (diagnostics.HasErrors) return null;

        StackSpec? encoder = draft.Encoder is null ? null : new StackValidator(draft, draft.Encoder, diagnostics).Validate(image, hasCrossAttention: false);
        StackSpec? decoder = draft.Decoder is null ? null : new StackValidator(draft, draft.Decoder, diagnostics).Validate(null, draft.Encoder is not null);
        return diagnostics.HasErrors ? null : validator.Spec(encoder, decoder, image);
    }

    private void CheckRanges()
    {
        _checks.Range(_draft.DModel, 1, SpecLimits.DModel);
        _checks.Range(_draft.NormEpsilon, 1e-30, 1);
        _checks.Range(_draft.EmbeddingScale, 1e-30, 1e6);
        _checks.Range(_draft.TokenTypes, 0, SpecLimits.VocabularySize);
        _checks.Range(_draft.UnusedPositions, 1, SpecLimits.ContextLength);
        _checks.Range(_draft.Head.Labels, 1, SpecLimits.VocabularySize);
        _checks.Range(_draft.InitializationDeviation, 0, 10);
        _checks.Rate(_draft.EmbeddingDropout);
        _checks.Rate(_draft.AttentionDropout);
        _checks.Rate(_draft.ResidualDropout);
        _checks.Rate(_draft.FeedForwardDropout);
        _checks.Rate(_draft.HeadDropout);
    }

    private ImageSpec? Image()
    {
        if (_draft.Image is not { } image) return null;
        Setting<int>[] sides = image.Width == image.Height ? [image.Height] : [image.Height, image.Width];
        foreach (Setting<int> side in sides) _checks.Range(side, 1, SpecLimits.ImageSide);
        _checks.Range(image.PatchSize, 1, SpecLimits.ImageSide);
        _checks.Range(image.Channels, 1, SpecLimits.ImageSide);
        if (_diagnostics.HasErrors) return null;

        foreach (Setting<int> side in sides) CheckPatches(side, image.PatchSize);
        return new ImageSpec
        {
            Height = image.Height.Value,
            Width = image.Width.Value,
            PatchSize = image.PatchSize.Value,
            Channels = image.Channels.Value,
        };
    }

    private void CheckPatches(Setting<int> side, Setting<int> patch)
    {
        if (side.Value % patch.Value == 0) return;
        _diagnostics.Add(DiagnosticDescriptors.ValueOutOfRange, patch.Location,
            patch.Name, InvariantText.Of(patch.Value), $"a divisor of '{side.Name}' = {InvariantText.Of(side.Value)}");
    }

    private TransformerSpec Spec(StackSpec? encoder, StackSpec? decoder, ImageSpec? image) => new()
    {
        Architecture = encoder is null ? Architecture.DecoderOnly : decoder is null ? Architecture.EncoderOnly : Architecture.EncoderDecoder,
        DModel = _draft.DModel.Value,
        Encoder = encoder,
        Decoder = decoder,
        Norm = new NormSpec
        {
            Kind = _draft.Norm,
            Placement = _draft.NormPlacement,
            Epsilon = (float)_draft.NormEpsilon.Value,
            WeightOffset = _draft.NormWeightOffset,
        },
        Embedding = new EmbeddingSpec
        {
            Scale = (float)(_draft.EmbeddingScale?.Value ?? 1),
            TokenTypes = _draft.TokenTypes?.Value ?? 0,
            UnusedPositions = _draft.UnusedPositions?.Value ?? 0,
            IsShared = _draft.SharedEmbeddings,
            PaddingToken = Math.Max(-1, _draft.PaddingToken?.Value ?? -1),
            InputMask = _draft.InputMask,
            Image = image,
        },
        Head = new HeadSpec
        {
            Kind = _draft.Head.Kind,
            Labels = _draft.Head.Labels?.Value ?? 0,
            Tied = _draft.Head.Tied,
            Bias = _draft.Head.Bias,
            HasFixedBias = _draft.Head.HasFixedBias,
            Scale = _draft.Head.Scale,
            Transform = _draft.Head.Transform,
            Pooling = _draft.Head.Pooling,
            Pooler = _draft.Head.Pooler,
            NormalizePooled = _draft.Head.NormalizePooled,
            Loss = _draft.Head.Loss,
        },
        Dropout = new DropoutSpec
        {
            Embedding = Rate(_draft.EmbeddingDropout),
            Attention = Rate(_draft.AttentionDropout),
            Residual = Rate(_draft.ResidualDropout),
            FeedForward = Rate(_draft.FeedForwardDropout),
            Head = Rate(_draft.HeadDropout),
            Pooler = Rate(_draft.DropoutPlaces.HasFlag(DropoutPlaces.BeforePooler) ? _draft.HeadDropout : null),
            FinalNorm = Rate(_draft.DropoutPlaces.HasFlag(DropoutPlaces.AfterFinalNorm) ? _draft.ResidualDropout : null),
            AfterAttention = _draft.DropoutPlaces.HasFlag(DropoutPlaces.AfterAttention),
        },
        Initialization = new InitializationSpec
        {
            Kind = _draft.Initialization,
            StandardDeviation = (float)_draft.InitializationDeviation.Value,
        },
        Checkpoint = _draft.Checkpoint,
    };

    private static float Rate(Setting<double>? rate) => (float)(rate?.Value ?? 0);
}
