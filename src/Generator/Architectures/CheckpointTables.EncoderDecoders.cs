using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

internal static partial class CheckpointTables
{
    private const string Encoder = ParameterNames.EncoderPrefix, Decoder = ParameterNames.DecoderPrefix;

    private static readonly CheckpointTable s_bart = new()
    {
        Prefix = "model.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "model.shared",
            [Encoder + Tokens] = "model.encoder.embed_tokens",
            [Decoder + Tokens] = "model.decoder.embed_tokens",
            [Encoder + Positions] = "model.encoder.embed_positions",
            [Decoder + Positions] = "model.decoder.embed_positions",
            [Encoder + ParameterNames.EmbeddingNorm] = "model.encoder.layernorm_embedding",
            [Decoder + ParameterNames.EmbeddingNorm] = "model.decoder.layernorm_embedding",
            [Encoder + EveryLayer + ParameterNames.Query] = "model.encoder.layers.*.self_attn.q_proj",
            [Encoder + EveryLayer + ParameterNames.Key] = "model.encoder.layers.*.self_attn.k_proj",
            [Encoder + EveryLayer + ParameterNames.Value] = "model.encoder.layers.*.self_attn.v_proj",
            [Encoder + EveryLayer + ParameterNames.AttentionOutput] = "model.encoder.layers.*.self_attn.out_proj",
            [Encoder + EveryLayer + ParameterNames.AttentionNorm] = "model.encoder.layers.*.self_attn_layer_norm",
            [Encoder + EveryLayer + ParameterNames.Up] = "model.encoder.layers.*.fc1",
            [Encoder + EveryLayer + ParameterNames.Down] = "model.encoder.layers.*.fc2",
            [Encoder + EveryLayer + ParameterNames.FeedForwardNorm] = "model.encoder.layers.*.final_layer_norm",
            [Decoder + EveryLayer + ParameterNames.Query] = "model.decoder.layers.*.self_attn.q_proj",
            [Decoder + EveryLayer + ParameterNames.Key] = "model.decoder.layers.*.self_attn.k_proj",
            [Decoder + EveryLayer + ParameterNames.Value] = "model.decoder.layers.*.self_attn.v_proj",
            [Decoder + EveryLayer + ParameterNames.AttentionOutput] = "model.decoder.layers.*.self_attn.out_proj",
            [Decoder + EveryLayer + ParameterNames.AttentionNorm] = "model.decoder.layers.*.self_attn_layer_norm",
            [Decoder + EveryLayer + ParameterNames.CrossQuery] = "model.decoder.layers.*.encoder_attn.q_proj",
            [Decoder + EveryLayer + ParameterNames.CrossKey] = "model.decoder.layers.*.encoder_attn.k_proj",
            [Decoder + EveryLayer + ParameterNames.CrossValue] = "model.decoder.layers.*.encoder_attn.v_proj",
            [Decoder + EveryLayer + ParameterNames.CrossOutput] = "model.decoder.layers.*.encoder_attn.out_proj",
            [Decoder + EveryLayer + ParameterNames.CrossNorm] = "model.decoder.layers.*.encoder_attn_layer_norm",
            [Decoder + EveryLayer + ParameterNames.Up] = "model.decoder.layers.*.fc1",
            [Decoder + EveryLayer + ParameterNames.Down] = "model.decoder.layers.*.fc2",
            [Decoder + EveryLayer + ParameterNames.FeedForwardNorm] = "model.decoder.layers.*.final_layer_norm",
            [ParameterNames.Weight(ParameterNames.Head)] = "lm_head.weight",
            [ParameterNames.Bias(ParameterNames.Head)] = "final_logits_bias",
        },
        Shapes = new Dictionary<string, DeclaredShape>(StringComparer.Ordinal)
        {
            [ParameterNames.Bias(ParameterNames.Head)] = (_, bias) => [1, bias.Rows],
        },
        TiedHeads = [ParameterNames.Weight(Head)],
        Aliases = SharedTokens,

        // Sinusoids, which some files hold.
        Ignored = ["*.embed_positions.weight"],
        HeadPatterns = ["lm_head.*", "final_logits_bias"],
    };

    private static readonly CheckpointTable s_t5 = T5(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Encoder + EveryLayer + ParameterNames.Up] = "encoder.block.*.layer.1.DenseReluDense.wi",
        [Decoder + EveryLayer + ParameterNames.Up] = "decoder.block.*.layer.2.DenseReluDense.wi",
    });

    private static readonly CheckpointTable s_gatedT5 = T5(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Encoder + EveryLayer + ParameterNames.Gate] = "encoder.block.*.layer.1.DenseReluDense.wi_0",
        [Encoder + EveryLayer + ParameterNames.Up] = "encoder.block.*.layer.1.DenseReluDense.wi_1",
        [Decoder + EveryLayer + ParameterNames.Gate] = "decoder.block.*.layer.2.DenseReluDense.wi_0",
        [Decoder + EveryLayer + ParameterNames.Up] = "decoder.block.*.layer.2.DenseReluDense.wi_1",
    });

    private static IReadOnlyList<(string Alias, string Parameter)> SharedTokens =>
        [("encoder.embed_tokens.weight", ParameterNames.TokenEmbedding), ("decoder.embed_tokens.weight", ParameterNames.TokenEmbedding)];

    private static CheckpointTable T5(Dictionary<string, string> feedForward)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "shared",
            [Encoder + ParameterNames.RelativeBias] = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            [Decoder + ParameterNames.RelativeBias] = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            [Encoder + EveryLayer + ParameterNames.AttentionNorm] = "encoder.block.*.layer.0.layer_norm",
            [Encoder + EveryLayer + ParameterNames.Query] = "encoder.block.*.layer.0.SelfAttention.q",
            [Encoder + EveryLayer + ParameterNames.Key] = "encoder.block.*.layer.0.SelfAttention.k",
            [Encoder + EveryLayer + ParameterNames.Value] = "encoder.block.*.layer.0.SelfAttention.v",
            [Encoder + EveryLayer + ParameterNames.AttentionOutput] = "encoder.block.*.layer.0.SelfAttention.o",
            [Encoder + EveryLayer + ParameterNames.FeedForwardNorm] = "encoder.block.*.layer.1.layer_norm",
            [Encoder + EveryLayer + ParameterNames.Down] = "encoder.block.*.layer.1.DenseReluDense.wo",
            [Encoder + ParameterNames.FinalNorm] = "encoder.final_layer_norm",
            [Decoder + EveryLayer + ParameterNames.AttentionNorm] = "decoder.block.*.layer.0.layer_norm",
            [Decoder + EveryLayer + ParameterNames.Query] = "decoder.block.*.layer.0.SelfAttention.q",
            [Decoder + EveryLayer + ParameterNames.Key] = "decoder.block.*.layer.0.SelfAttention.k",
            [Decoder + EveryLayer + ParameterNames.Value] = "decoder.block.*.layer.0.SelfAttention.v",
            [Decoder + EveryLayer + ParameterNames.AttentionOutput] = "decoder.block.*.layer.0.SelfAttention.o",
            [Decoder + EveryLayer + ParameterNames.CrossNorm] = "decoder.block.*.layer.1.layer_norm",
            [Decoder + EveryLayer + ParameterNames.CrossQuery] = "decoder.block.*.layer.1.EncDecAttention.q",
            [Decoder + EveryLayer + ParameterNames.CrossKey] = "decoder.block.*.layer.1.EncDecAttention.k",
            [Decoder + EveryLayer + ParameterNames.CrossValue] = "decoder.block.*.layer.1.EncDecAttention.v",
            [Decoder + EveryLayer + ParameterNames.CrossOutput] = "decoder.block.*.layer.1.EncDecAttention.o",
            [Decoder + EveryLayer + ParameterNames.FeedForwardNorm] = "decoder.block.*.layer.2.layer_norm",
            [Decoder + EveryLayer + ParameterNames.Down] = "decoder.block.*.layer.2.DenseReluDense.wo",
            [Decoder + ParameterNames.FinalNorm] = "decoder.final_layer_norm",
            [ParameterNames.Head] = Head,
        };
        foreach (KeyValuePair<string, string> name in feedForward) names.Add(name.Key, name.Value);
        return new CheckpointTable
        {
            Prefix = "",
            Names = names,
            TiedHeads = [ParameterNames.Weight(Head)],
            Aliases = SharedTokens,

            // The first T5's files hold a bias for cross-attention that nothing uses.
            Ignored = ["decoder.block.*.layer.1.EncDecAttention.relative_attention_bias.weight"],
            HeadPatterns = ["lm_head.*"],
        };
    }
}
