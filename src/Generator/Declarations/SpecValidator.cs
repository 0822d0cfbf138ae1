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

        AttentionSpec attention = validator.Attention();
        if (diagnostics.HasErrors) return null;

        PositionSpec position = validator.Position(attention.HeadDim);
        int feedForwardDim = draft.FeedForwardDim?.Value ?? 4 * draft.DModel.Value;
        validator.CheckTensorSizes(attention, feedForwardDim, position);
        return diagnostics.HasErrors ? null : validator.Spec(attention, position, feedForwardDim);
    }

    private void CheckRanges()
    {
        _checks.Range(_draft.VocabularySize, 1, SpecLimits.VocabularySize);
        _checks.Range(_draft.ContextLength, 1, SpecLimits.ContextLength);
        _checks.Range(_draft.DModel, 1, SpecLimits.DModel);
        _checks.Range(_draft.Layers, 1, SpecLimits.Layers);
        _checks.Range(_draft.Heads, 1, SpecLimits.Heads);
        _checks.Range(_draft.KeyValueHeads, 1, SpecLimits.Heads);
        _checks.Range(_draft.HeadDim, 1, SpecLimits.HeadDim);
        _checks.Range(_draft.FeedForwardDim, 1, SpecLimits.FeedForwardDim);
        _checks.Range(_draft.SlidingWindow, 0, int.MaxValue);
        _checks.Range(_draft.NormEpsilon, 1e-30, 1);
        _checks.Range(_draft.EmbeddingScale, 1e-30, 1e6);
        _checks.Range(_draft.InitializationDeviation, 0, 10);
        _checks.Rate(_draft.EmbeddingDropout);
        _checks.Rate(_draft.AttentionDropout);
        _checks.Rate(_draft.ResidualDropout);

        PositionDraft position = _draft.Position;
        _checks.Range(position.LearnedLength, 1, SpecLimits.ContextLength);
        _checks.Range(position.Theta, 1, 1e12);
        _checks.Range(position.Scaling?.Factor, 1, 1e6);
        _checks.Range(position.Scaling?.LowFrequencyFactor, 1e-6, 1e6);
        _checks.Range(position.Scaling?.HighFrequencyFactor, 1e-6, 1e6);
        _checks.Range(position.Scaling?.OriginalContextLength, 1, SpecLimits.ContextLength);
    }

    private AttentionSpec Attention()
    {
        int heads = _draft.Heads.Value;
        int keyValueHeads = _draft.KeyValueHeads?.Value ?? heads;
        if (heads % keyValueHeads != 0)
        {
            _diagnostics.Add(DiagnosticDescriptors.HeadsNotDivisibleByKeyValueHeads, _draft.KeyValueHeads!.Location,
                InvariantText.Of(heads), _draft.KeyValueHeads.Name, InvariantText.Of(keyValueHeads));
        }

        if (_draft.HeadDim is null && _draft.DModel.Value % heads != 0)
        {
            _diagnostics.Add(DiagnosticDescriptors.WidthNotDivisibleByHeads, _draft.Heads.Location,
                _draft.DModel.Name, InvariantText.Of(_draft.DModel.Value), _draft.Heads.Name, InvariantText.Of(heads));
        }

        int headDim = _draft.HeadDim?.Value ?? _draft.DModel.Value / heads;
        if (_draft.HeadDim is null) _checks.Range(_draft.Heads with { Name = "HeadDim", Value = headDim }, 1, SpecLimits.HeadDim);
        int sharing = heads / keyValueHeads * headDim;
        _checks.Range(_draft.Heads with { Name = "width of the heads that share keys", Value = sharing }, 1, SpecLimits.SharedHeadsWidth);
        int window = _draft.SlidingWindow?.Value ?? 0;
        if (window > 0 && !_draft.Causal)
            _diagnostics.Add(DiagnosticDescriptors.SlidingWindowNotCausal, _draft.SlidingWindow!.Location, _draft.SlidingWindow.Name);

        return new AttentionSpec
        {
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            QueryBias = _draft.Biases.Query,
            KeyBias = _draft.Biases.Key,
            ValueBias = _draft.Biases.Value,
            OutputBias = _draft.Biases.AttentionOutput,
            QueryKeyNorm = _draft.QueryKeyNorm,
            Causal = _draft.Causal,
            SlidingWindow = window >= _draft.ContextLength.Value ? 0 : window,
            Scale = _draft.ScaledAttention ? (float)(1 / Math.Sqrt(headDim)) : 1,
        };
    }

    private PositionSpec Position(int headDim)
    {
        PositionDraft position = _draft.Position;
        bool isRotary = position.Kind == PositionKind.Rotary;
        int rotaryDim = isRotary ? position.RotaryDim?.Value ?? headDim : 0;
        if (isRotary && (rotaryDim < 2 || rotaryDim > headDim || rotaryDim % 2 != 0))
        {
            _diagnostics.Add(DiagnosticDescriptors.RotaryDimUnusable, position.RotaryDim?.Location ?? _draft.HeadDim?.Location ?? _draft.Heads.Location,
                InvariantText.Of(rotaryDim), InvariantText.Of(headDim));
        }

        if (position.Kind == PositionKind.Sinusoidal && _draft.DModel.Value % 2 != 0)
        {
            _diagnostics.Add(DiagnosticDescriptors.SinusoidalWidthOdd, _draft.DModel.Location,
                _draft.DModel.Name, InvariantText.Of(_draft.DModel.Value));
        }

        return new PositionSpec
        {
            Kind = position.Kind,
            Layout = position.Layout,
            LearnedLength = position.Kind == PositionKind.Learned ? (position.LearnedLength ?? _draft.ContextLength).Value : 0,
            Theta = isRotary ? position.Theta!.Value : position.Kind == PositionKind.Sinusoidal ? 10_000 : 0,
            RotaryDim = rotaryDim,
            Scaling = Scaling(position.Scaling),
        };
    }

    private RotaryScalingSpec Scaling(RotaryScalingDraft? scaling)
    {
        if (scaling is { LowFrequencyFactor: { } low, HighFrequencyFactor: { } high } && high.Value <= low.Value)
        {
            _diagnostics.Add(DiagnosticDescriptors.RotaryScalingUnordered, high.Location ?? low.Location,
                high.Name, InvariantText.Of(high.Value), low.Name, InvariantText.Of(low.Value));
        }

        return new RotaryScalingSpec
        {
            Kind = scaling?.Kind ?? RotaryScalingKind.None,
            Factor = scaling?.Factor.Value ?? 1,
            LowFrequencyFactor = scaling?.LowFrequencyFactor?.Value ?? 0,
            HighFrequencyFactor = scaling?.HighFrequencyFactor?.Value ?? 0,
            OriginalContextLength = scaling?.OriginalContextLength?.Value ?? 0,
        };
    }

    private void CheckTensorSizes(AttentionSpec attention, int feedForwardDim, PositionSpec position)
    {
        int width = _draft.DModel.Value;
        CheckTensorSize("token embedding", _draft.VocabularySize.Value, width);
        CheckTensorSize("position embedding", position.LearnedLength, width);
        CheckTensorSize("query projection", attention.Heads * attention.HeadDim, width);
        CheckTensorSize("feed-forward projection", feedForwardDim, width);
        CheckTensorSize("table of rotary positions", _draft.ContextLength.Value, position.RotaryDim);
    }

    private void CheckTensorSize(string name, long rows, long columns)
    {
        long elements = rows * columns;
        if (elements > SpecLimits.TensorElements)
            _diagnostics.Add(DiagnosticDescriptors.TensorTooLarge, _draft.Location, name, InvariantText.Of(elements));
    }

    private TransformerSpec Spec(AttentionSpec attention, PositionSpec position, int feedForwardDim) => new()
    {
        VocabularySize = _draft.VocabularySize.Value,
        ContextLength = _draft.ContextLength.Value,
        DModel = _draft.DModel.Value,
        Layers = _draft.Layers.Value,
        Attention = attention,
        FeedForward = new FeedForwardSpec
        {
            Dim = feedForwardDim,
            Activation = _draft.Activation,
            Gated = _draft.Gated,
            InputBias = _draft.Biases.FeedForward,
            OutputBias = _draft.Biases.FeedForward,
        },
        Norm = new NormSpec
        {
            Kind = _draft.Norm,
            Placement = _draft.NormPlacement,
            Epsilon = (float)_draft.NormEpsilon.Value,
        },
        Position = position,
        Head = new HeadSpec { Tied = _draft.TiedHead, Bias = _draft.HeadBias },
        Dropout = new DropoutSpec
        {
            Embedding = (float)_draft.EmbeddingDropout.Value,
            Attention = (float)_draft.AttentionDropout.Value,
            Residual = (float)_draft.ResidualDropout.Value,
        },
        Initialization = new InitializationSpec
        {
            Kind = _draft.Initialization,
            StandardDeviation = (float)_draft.InitializationDeviation.Value,
        },
        EmbeddingScale = (float)(_draft.EmbeddingScale?.Value ?? 1),
        Checkpoint = _draft.Checkpoint,
    };
}
