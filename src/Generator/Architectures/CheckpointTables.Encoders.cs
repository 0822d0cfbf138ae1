using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

internal static partial class CheckpointTables
{
    private static readonly CheckpointTable s_bert = new()
    {
        Prefix = "bert.",
        Names = BertNames("bert."),
        HeadNames = new Dictionary<HeadKind, IReadOnlyDictionary<string, string>>
        {
            [HeadKind.MaskedLanguageModel] = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ParameterNames.HeadTransform] = "cls.predictions.transform.dense",
                [ParameterNames.HeadTransformNorm] = "cls.predictions.transform.LayerNorm",
                [ParameterNames.Weight(ParameterNames.Head)] = "cls.predictions.decoder.weight",
                [ParameterNames.Bias(ParameterNames.Head)] = "cls.predictions.bias",
            },
            [HeadKind.SpanExtraction] = Named((ParameterNames.Head, "qa_outputs")),
        },
        TiedHeads = ["cls.predictions.decoder.weight"],
        Aliases = [("cls.predictions.decoder.bias", ParameterNames.Bias(ParameterNames.Head))],
        OldEndings = [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")],
        Ignored = ["*.position_ids", "cls.seq_relationship.*", "*pooler.*"],
        HeadPatterns = ["cls.*", "classifier.*", "qa_outputs.*", "*pooler.*"],
    };

    /// <summary>The classifier of sequences has a layer of its own where BERT has the pooler.</summary>
    private static readonly CheckpointTable s_roberta = new()
    {
        Prefix = "roberta.",
        Names = BertNames("roberta."),
        HeadNames = new Dictionary<HeadKind, IReadOnlyDictionary<string, string>>
        {
            [HeadKind.MaskedLanguageModel] = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ParameterNames.HeadTransform] = "lm_head.dense",
                [ParameterNames.HeadTransformNorm] = "lm_head.layer_norm",
                [ParameterNames.Weight(ParameterNames.Head)] = "lm_head.decoder.weight",
                [ParameterNames.Bias(ParameterNames.Head)] = "lm_head.bias",
            },
            [HeadKind.SequenceClassification] = Named((ParameterNames.Pooler, "classifier.dense"), (ParameterNames.Head, "classifier.out_proj")),
            [HeadKind.SpanExtraction] = Named((ParameterNames.Head, "qa_outputs")),
        },
        TiedHeads = ["lm_head.decoder.weight"],
        Aliases = [("lm_head.decoder.bias", ParameterNames.Bias(ParameterNames.Head))],
        OldEndings = [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")],
        Ignored = ["*.position_ids", "*pooler.*"],
        HeadPatterns = ["lm_head.*", "classifier.*", "qa_outputs.*", "*pooler.*"],
    };

    private static readonly CheckpointTable s_distilBert = new()
    {
        Prefix = "distilbert.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "distilbert.embeddings.word_embeddings",
            [Positions] = "distilbert.embeddings.position_embeddings",
            [ParameterNames.EmbeddingNorm] = "distilbert.embeddings.LayerNorm",
            [EveryLayer + ParameterNames.Query] = "distilbert.transformer.layer.*.attention.q_lin",
            [EveryLayer + ParameterNames.Key] = "distilbert.transformer.layer.*.attention.k_lin",
            [EveryLayer + ParameterNames.Value] = "distilbert.transformer.layer.*.attention.v_lin",
            [EveryLayer + ParameterNames.AttentionOutput] = "distilbert.transformer.layer.*.attention.out_lin",
            [EveryLayer + ParameterNames.AttentionNorm] = "distilbert.transformer.layer.*.sa_layer_norm",
            [EveryLayer + ParameterNames.Up] = "distilbert.transformer.layer.*.ffn.lin1",
            [EveryLayer + ParameterNames.Down] = "distilbert.transformer.layer.*.ffn.lin2",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "distilbert.transformer.layer.*.output_layer_norm",
            [ParameterNames.Pooler] = "pre_classifier",
            [ParameterNames.Head] = "classifier",
        },
        HeadNames = new Dictionary<HeadKind, IReadOnlyDictionary<string, string>>
        {
            [HeadKind.MaskedLanguageModel] = Named(
                (ParameterNames.HeadTransform, "vocab_transform"), (ParameterNames.HeadTransformNorm, "vocab_layer_norm"), (ParameterNames.Head, "vocab_projector")),
            [HeadKind.SpanExtraction] = Named((ParameterNames.Head, "qa_outputs")),
        },
        TiedHeads = ["vocab_projector.weight"],
        Ignored = ["*.position_ids"],
        HeadPatterns = ["vocab_transform.*", "vocab_layer_norm.*", "vocab_projector.*", "pre_classifier.*", "classifier.*", "qa_outputs.*"],
    };

    private static readonly CheckpointTable s_vit = new()
    {
        Prefix = "vit.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ParameterNames.ClassToken] = "vit.embeddings.cls_token",
            [ParameterNames.PositionEmbedding] = "vit.embeddings.position_embeddings",
            [ParameterNames.PatchProjection] = "vit.embeddings.patch_embeddings.projection",
            [EveryLayer + ParameterNames.AttentionNorm] = "vit.encoder.layer.*.layernorm_before",
            [EveryLayer + ParameterNames.Query] = "vit.encoder.layer.*.attention.attention.query",
            [EveryLayer + ParameterNames.Key] = "vit.encoder.layer.*.attention.attention.key",
            [EveryLayer + ParameterNames.Value] = "vit.encoder.layer.*.attention.attention.value",
            [EveryLayer + ParameterNames.AttentionOutput] = "vit.encoder.layer.*.attention.output.dense",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "vit.encoder.layer.*.layernorm_after",
            [EveryLayer + ParameterNames.Up] = "vit.encoder.layer.*.intermediate.dense",
            [EveryLayer + ParameterNames.Down] = "vit.encoder.layer.*.output.dense",
            [ParameterNames.FinalNorm] = "vit.layernorm",
            [ParameterNames.Pooler] = "vit.pooler.dense",
            [ParameterNames.Head] = "classifier",
        },
        Shapes = new Dictionary<string, DeclaredShape>(StringComparer.Ordinal)
        {
            [ParameterNames.ClassToken] = (_, token) => [1, 1, checked((int)token.Elements)],
            [ParameterNames.PositionEmbedding] = (_, positions) => [1, positions.Rows, positions.Columns],
            [ParameterNames.Weight(ParameterNames.PatchProjection)] = (spec, kernel) =>
                [kernel.Rows, spec.Embedding.Image!.Channels, spec.Embedding.Image.PatchSize, spec.Embedding.Image.PatchSize],
        },
        Ignored = ["*.mask_token", "*pooler.*"],
        HeadPatterns = ["classifier.*", "*pooler.*", "decoder.*"],
    };

    private static IReadOnlyDictionary<string, string> BertNames(string prefix) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Tokens] = prefix + "embeddings.word_embeddings",
        [Positions] = prefix + "embeddings.position_embeddings",
        ["embedding.types"] = prefix + "embeddings.token_type_embeddings",
        [ParameterNames.EmbeddingNorm] = prefix + "embeddings.LayerNorm",
        [EveryLayer + ParameterNames.Query] = prefix + "encoder.layer.*.attention.self.query",
        [EveryLayer + ParameterNames.Key] = prefix + "encoder.layer.*.attention.self.key",
        [EveryLayer + ParameterNames.Value] = prefix + "encoder.layer.*.attention.self.value",
        [EveryLayer + ParameterNames.RelativeKeys] = prefix + "encoder.layer.*.attention.self.distance_embedding.weight",
        [EveryLayer + ParameterNames.AttentionOutput] = prefix + "encoder.layer.*.attention.output.dense",
        [EveryLayer + ParameterNames.AttentionNorm] = prefix + "encoder.layer.*.attention.output.LayerNorm",
        [EveryLayer + ParameterNames.Up] = prefix + "encoder.layer.*.intermediate.dense",
        [EveryLayer + ParameterNames.Down] = prefix + "encoder.layer.*.output.dense",
        [EveryLayer + ParameterNames.FeedForwardNorm] = prefix + "encoder.layer.*.output.LayerNorm",
        [ParameterNames.Pooler] = prefix + "pooler.dense",
        [ParameterNames.Head] = "classifier",
    };

    private static IReadOnlyDictionary<string, string> Named(params (string Module, string Name)[] names) =>
        names.ToDictionary(name => name.Module, name => name.Name, StringComparer.Ordinal);
}
