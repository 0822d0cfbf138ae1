using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Declares the parameters of a stack, in the order of the forward pass.</summary>
internal sealed class StackParameters(TransformerSpec model, StackSpec stack, StackNames names, ParameterFactory factory)
{
    /// <summary>Everything but a table of tokens that another stack has declared.</summary>
    public void Declare()
    {
        if (model.Embedding.Image is { } image) DeclareImage(image);
        else if (!factory.Has(names.TokenTable)) factory.Embedding(names.TokenTable, stack.VocabularySize, StackPositions.TokenWidth(stack, model.DModel));
        DeclareEmbedding();
        for (int layer = 0; layer < stack.Layers; layer++)
        {
            DeclareAttention(layer);
            if (stack.CrossAttention is { } cross) DeclareCrossAttention(layer, cross);
            DeclareFeedForward(layer);
        }
        if (stack.LayerSum) factory.LayerSum(names.Of(ParameterNames.LayerSumWeights), names.Of(ParameterNames.LayerSumScale), stack.Layers + 1);
        if (stack.FinalNorm) factory.Norm(names.Of(ParameterNames.FinalNorm), model.DModel);
    }

    private void DeclareImage(ImageSpec image)
    {
        factory.Embedding(names.Of(ParameterNames.ClassToken), 1, model.DModel);
        factory.Projection(names.Of(ParameterNames.PatchProjection), image.PatchFloats, model.DModel, bias: true);
    }

    private void DeclareEmbedding()
    {
        PositionSpec position = stack.Position;
        if (position.Kind == PositionKind.Learned)
            factory.Embedding(names.Of(ParameterNames.PositionEmbedding), position.LearnedLength, StackPositions.VectorWidth(stack, model.DModel));
        if (model.Embedding.UnusedPositions > 0) factory.Unused(names.Of(ParameterNames.PositionEmbedding), model.Embedding.UnusedPositions, model.DModel);
        if (model.Embedding.TokenTypes > 0) factory.Embedding(names.Of(ParameterNames.TypeEmbedding), model.Embedding.TokenTypes, StackPositions.TokenWidth(stack, model.DModel));
        if (position.Combination == PositionCombination.ConcatenatedAndProjected)
            factory.Projection(names.Of(ParameterNames.EmbeddingProjection), model.DModel + position.Width, model.DModel, bias: true);
        if (stack.EmbeddingNorm) factory.Norm(names.Of(ParameterNames.EmbeddingNorm), model.DModel);
        if (position.Kind == PositionKind.RelativeBias) factory.Embedding(names.Of(ParameterNames.RelativeBias), position.Buckets, stack.Attention.Heads);
    }

    private void DeclareAttention(int layer)
    {
        AttentionSpec attention = stack.Attention;
        string Module(string module) => names.Module(layer, module);
        int queryWidth = attention.Heads * attention.HeadDim, keyWidth = attention.KeyValueHeads * attention.HeadDim;
        factory.Norm(Module(ParameterNames.AttentionNorm), model.DModel);
        DeclareProjections(layer, attention, ParameterNames.Query, ParameterNames.Key, ParameterNames.Value);
        if (attention.QueryKeyNorm)
        {
            factory.Norm(Module(ParameterNames.QueryNorm), attention.HeadDim);
            factory.Norm(Module(ParameterNames.KeyNorm), attention.HeadDim);
        }
        switch (stack.Position.Kind)
        {
            case PositionKind.RelativeKeys or PositionKind.RelativeKeysAndQueries:
                factory.Embedding(Module(ParameterNames.RelativeKeys), stack.Position.LearnedLength, attention.HeadDim);
                break;
            case PositionKind.RelativeKeysAndValues:
                factory.Embedding(Module(ParameterNames.RelativeKeys), stack.Position.LearnedLength, attention.HeadDim);
                factory.Embedding(Module(ParameterNames.RelativeValues), stack.Position.LearnedLength, attention.ValueHeadDim);
                break;
            case PositionKind.LearnedPerProjection:
                factory.Embedding(Module(ParameterNames.QueryPositions), stack.Position.LearnedLength, queryWidth);
                factory.Embedding(Module(ParameterNames.KeyPositions), stack.Position.LearnedLength, keyWidth);
                factory.Embedding(Module(ParameterNames.ValuePositions), stack.Position.LearnedLength, attention.KeyValueHeads * attention.ValueHeadDim);
                break;
        }
        DeclareOutput(layer, attention, ParameterNames.AttentionOutput);
    }

    private void DeclareCrossAttention(int layer, AttentionSpec cross)
    {
        factory.Norm(names.Module(layer, ParameterNames.CrossNorm), model.DModel);
        DeclareProjections(layer, cross, ParameterNames.CrossQuery, ParameterNames.CrossKey, ParameterNames.CrossValue);
        DeclareOutput(layer, cross, ParameterNames.CrossOutput);
    }

    private void DeclareProjections(int layer, AttentionSpec spec, string query, string key, string value)
    {
        int queryWidth = spec.Heads * spec.HeadDim, keyWidth = spec.KeyValueHeads * spec.HeadDim, valueWidth = spec.KeyValueHeads * spec.ValueHeadDim;
        int together = queryWidth + keyWidth + valueWidth;
        factory.AttentionProjection(names.Module(layer, query), model.DModel, queryWidth, together, spec.QueryBias);
        factory.AttentionProjection(names.Module(layer, key), model.DModel, keyWidth, together, spec.KeyBias);
        factory.AttentionProjection(names.Module(layer, value), model.DModel, valueWidth, together, spec.ValueBias);
    }

    private void DeclareOutput(int layer, AttentionSpec spec, string module)
    {
        if (spec.HasOutput)
            factory.ResidualProjection(names.Module(layer, module), spec.Heads * spec.ValueHeadDim, model.DModel, spec.OutputBias, stack.Layers);
    }

    private void DeclareFeedForward(int layer)
    {
        FeedForwardSpec feedForward = stack.FeedForward;
        int inner = feedForward.IsLinear ? model.DModel : feedForward.Dim;
        if (stack.Residual != ResidualKind.ParallelSharedNorm) factory.Norm(names.Module(layer, ParameterNames.FeedForwardNorm), model.DModel);
        if (feedForward.Gated) factory.Projection(names.Module(layer, ParameterNames.Gate), model.DModel, inner, feedForward.InputBias);
        if (!feedForward.IsLinear) factory.Projection(names.Module(layer, ParameterNames.Up), model.DModel, inner, feedForward.InputBias);
        factory.ResidualProjection(names.Module(layer, ParameterNames.Down), inner, model.DModel, feedForward.OutputBias, stack.Layers);
    }
}
