using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Checks one stack of a draft, and makes its spec.</summary>
internal sealed class StackValidator(SpecDraft draft, StackDraft stack, DiagnosticSink diagnostics)
{
    private readonly ValueChecks _checks = new(diagnostics);

    /// <summary>The spec; of no use where there were errors.</summary>
    /// <param name="image">What the stack looks at instead of tokens; null for tokens.</param>
    /// <param name="hasCrossAttention">Whether its layers attend to an encoder too.</param>
    public StackSpec? Validate(ImageSpec? image, bool hasCrossAttention)
    {
        CheckRanges();
        if (diagnostics.HasErrors) return null;

        int context = image is null ? stack.ContextLength!.Value : image.Patches + 1;
        AttentionSpec attention = Attention(context);
        if (diagnostics.HasErrors) return null;

        PositionSpec position = Position(attention.HeadDim, context);
        int feedForwardDim = stack.FeedForwardDim?.Value ?? 4 * draft.DModel.Value;
        CheckTensorSizes(attention, feedForwardDim, position, context);
        return diagnostics.HasErrors ? null : Spec(attention, position, feedForwardDim, context, hasCrossAttention);
    }

    private void CheckRanges()
    {
        _checks.Range(stack.VocabularySize, 1, SpecLimits.VocabularySize);
        _checks.Range(stack.ContextLength, 1, SpecLimits.ContextLength);
        _checks.Range(stack.Layers, 1, SpecLimits.Layers);
        _checks.Range(stack.Heads, 1, SpecLimits.Heads);
        _checks.Range(stack.KeyValueHeads, 1, SpecLimits.Heads);
        _checks.Range(stack.HeadDim, 1, SpecLimits.HeadDim);
        _checks.Range(stack.ValueHeadDim, 1, SpecLimits.HeadDim);
        _checks.Range(stack.FeedForwardDim, 1, SpecLimits.FeedForwardDim);
        _checks.Range(stack.SlidingWindow, 0, int.MaxValue);

        PositionDraft position = stack.Position;
        _checks.Range(position.LearnedLength, 1, SpecLimits.ContextLength);
        _checks.Range(position.Theta, 1, 1e12);
        _checks.Range(position.Scaling?.Factor, 1, 1e6);
        _checks.Range(position.Scaling?.LowFrequencyFactor, 1e-6, 1e6);
        _checks.Range(position.Scaling?.HighFrequencyFactor, 1e-6, 1e6);
        _checks.Range(position.Scaling?.OriginalContextLength, 1, SpecLimits.ContextLength);
        _checks.Range(position.Buckets, 4, SpecLimits.ContextLength);
        _checks.Range(position.MaxDistance, 1, SpecLimits.ContextLength);
        _checks.Range(position.Width, 1, SpecLimits.DModel);
    }

    private AttentionSpec Attention(int context)
    {
        int heads = stack.Heads.Value;
        int keyValueHeads = stack.KeyValueHeads?.Value ?? heads;
        if (heads % keyValueHeads != 0)
        {
            diagnostics.Add(DiagnosticDescriptors.HeadsNotDivisibleByKeyValueHeads, stack.KeyValueHeads!.Location,
                InvariantText.Of(heads), stack.KeyValueHeads.Name, InvariantText.Of(keyValueHeads));
        }

        if (stack.HeadDim is null && draft.DModel.Value % heads != 0)
        {
            diagnostics.Add(DiagnosticDescriptors.WidthNotDivisibleByHeads, stack.Heads.Location,
                draft.DModel.Name, InvariantText.Of(draft.DModel.Value), stack.Heads.Name, InvariantText.Of(heads));
        }

        int headDim = stack.HeadDim?.Value ?? draft.DModel.Value / heads;
        int valueHeadDim = stack.ValueHeadDim?.Value ?? headDim;
        if (stack.HeadDim is null) _checks.Range(stack.Heads with { Name = "HeadDim", Value = headDim }, 1, SpecLimits.HeadDim);
        int sharing = heads / keyValueHeads * Math.Max(headDim, valueHeadDim);
        _checks.Range(stack.Heads with { Name = "width of the heads that share keys", Value = sharing }, 1, SpecLimits.SharedHeadsWidth);
        int window = stack.SlidingWindow?.Value ?? 0;
        if (window > 0 && !stack.Causal)
            diagnostics.Add(DiagnosticDescriptors.SlidingWindowNotCausal, stack.SlidingWindow!.Location, stack.SlidingWindow.Name);
        if (!stack.HasAttentionOutput && heads * valueHeadDim != draft.DModel.Value)
        {
            diagnostics.Add(DiagnosticDescriptors.HeadsWithoutOutputProjection, stack.Heads.Location,
                InvariantText.Of(heads), InvariantText.Of(valueHeadDim), InvariantText.Of(draft.DModel.Value));
        }

        return new AttentionSpec
        {
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            ValueHeadDim = valueHeadDim,
            QueryBias = stack.Biases.Query,
            KeyBias = stack.Biases.Key,
            ValueBias = stack.Biases.Value,
            OutputBias = stack.Biases.AttentionOutput && stack.HasAttentionOutput,
            HasOutput = stack.HasAttentionOutput,
            QueryKeyNorm = stack.QueryKeyNorm,
            Causal = stack.Causal,
            SlidingWindow = window >= context ? 0 : window,
            Scale = stack.ScaledAttention ? (float)(1 / Math.Sqrt(headDim)) : 1,
            PairMask = stack.PairMask,
        };
    }

    private PositionSpec Position(int headDim, int context)
    {
        PositionDraft position = stack.Position;
        bool isRotary = position.Kind == PositionKind.Rotary;
        int rotaryDim = isRotary ? position.RotaryDim?.Value ?? headDim : 0;
        if (isRotary && (rotaryDim < 2 || rotaryDim > headDim || rotaryDim % 2 != 0))
        {
            diagnostics.Add(DiagnosticDescriptors.RotaryDimUnusable, position.RotaryDim?.Location ?? stack.HeadDim?.Location ?? stack.Heads.Location,
                InvariantText.Of(rotaryDim), InvariantText.Of(headDim));
        }

        Setting<int> width = position.Width ?? draft.DModel;
        if (position.Kind == PositionKind.Sinusoidal && width.Value % 2 != 0)
            diagnostics.Add(DiagnosticDescriptors.SinusoidalWidthOdd, width.Location, width.Name, InvariantText.Of(width.Value));
        if (position.Combination == PositionCombination.Concatenated && width.Value >= draft.DModel.Value)
            _checks.Range(width, 1, draft.DModel.Value - 1);

        return new PositionSpec
        {
            Kind = position.Kind,
            Layout = position.Layout,
            LearnedLength = LearnedLength(position, context),
            Theta = isRotary ? position.Theta!.Value : position.Kind == PositionKind.Sinusoidal ? 10_000 : 0,
            RotaryDim = rotaryDim,
            Scaling = Scaling(position.Scaling),
            Offset = position.Offset,
            PaddingToken = position.PaddingToken,
            Buckets = position.Buckets?.Value ?? 0,
            MaxDistance = position.MaxDistance?.Value ?? 0,
            Combination = position.Combination,
            Width = position.Combination == PositionCombination.Added ? 0 : width.Value,
            EveryLayer = position.EveryLayer,
        };
    }

    private int LearnedLength(PositionDraft position, int context) => position.Kind switch
    {
        PositionKind.Learned or PositionKind.LearnedPerProjection => position.LearnedLength?.Value ?? context + position.Offset,
        PositionKind.RelativeKeys or PositionKind.RelativeKeysAndQueries or PositionKind.RelativeKeysAndValues => 2 * (position.MaxDistance?.Value ?? context) - 1,
        _ => 0,
    };

    private RotaryScalingSpec Scaling(RotaryScalingDraft? scaling)
    {
        if (scaling is { LowFrequencyFactor: { } low, HighFrequencyFactor: { } high } && high.Value <= low.Value)
        {
            diagnostics.Add(DiagnosticDescriptors.RotaryScalingUnordered, high.Location ?? low.Location,
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

    private void CheckTensorSizes(AttentionSpec attention, int feedForwardDim, PositionSpec position, int context)
    {
        int width = draft.DModel.Value;
        CheckTensorSize("token embedding", stack.VocabularySize?.Value ?? 1, width);
        CheckTensorSize("position embedding", position.LearnedLength, width);
        CheckTensorSize("query projection", attention.Heads * attention.HeadDim, width);
        CheckTensorSize("feed-forward projection", feedForwardDim, width);
        CheckTensorSize("table of rotary positions", context, position.RotaryDim);
    }

    private void CheckTensorSize(string name, long rows, long columns)
    {
        long elements = rows * columns;
        if (elements > SpecLimits.TensorElements)
            diagnostics.Add(DiagnosticDescriptors.TensorTooLarge, draft.Location, name, InvariantText.Of(elements));
    }

    private StackSpec Spec(AttentionSpec attention, PositionSpec position, int feedForwardDim, int context, bool hasCrossAttention) => new()
    {
        VocabularySize = stack.VocabularySize?.Value ?? 0,
        ContextLength = context,
        Layers = stack.Layers.Value,
        Attention = attention,
        CrossAttention = hasCrossAttention ? attention with { Causal = false, SlidingWindow = 0, PairMask = PairMask.None } : null,
        FeedForward = new FeedForwardSpec
        {
            Dim = feedForwardDim,
            Activation = stack.Activation,
            Gated = stack.Gated,
            InputBias = stack.Biases.FeedForward,
            OutputBias = stack.Biases.FeedForward,
            IsLinear = stack.LinearFeedForward,
        },
        Position = position,
        Residual = stack.Residual,
        EmbeddingNorm = stack.EmbeddingNorm,
        FinalNorm = stack.FinalNorm ?? draft.NormPlacement == NormPlacement.Pre,
        LayerSum = stack.LayerSum,
    };
}
