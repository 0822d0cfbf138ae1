namespace Transformer.Compiled.Generator.Architectures;

internal static partial class CheckpointTables
{
    private const string Head = "lm_head";

    private static readonly CheckpointTable s_gpt2 = new()
    {
        Prefix = "transformer.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "transformer.wte",
            [Positions] = "transformer.wpe",
            [EveryLayer + ParameterNames.AttentionNorm] = "transformer.h.*.ln_1",
            [EveryLayer + ParameterNames.Query] = "transformer.h.*.attn.c_attn",
            [EveryLayer + ParameterNames.Key] = "transformer.h.*.attn.c_attn",
            [EveryLayer + ParameterNames.Value] = "transformer.h.*.attn.c_attn",
            [EveryLayer + ParameterNames.AttentionOutput] = "transformer.h.*.attn.c_proj",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "transformer.h.*.ln_2",
            [EveryLayer + ParameterNames.Up] = "transformer.h.*.mlp.c_fc",
            [EveryLayer + ParameterNames.Down] = "transformer.h.*.mlp.c_proj",
            [ParameterNames.FinalNorm] = "transformer.ln_f",
            [ParameterNames.Head] = Head,
        },
        Transposed = ["transformer.h.*.attn.c_attn", "transformer.h.*.attn.c_proj", "transformer.h.*.mlp.c_fc", "transformer.h.*.mlp.c_proj"],
        TiedHeads = [ParameterNames.Weight(Head)],
        Ignored = ["*.attn.bias", "*.attn.masked_bias"],
        HeadPatterns = ["lm_head.*", "score.*"],
    };

    private static readonly CheckpointTable s_llama = new()
    {
        Prefix = "model.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "model.embed_tokens",
            [EveryLayer + ParameterNames.AttentionNorm] = "model.layers.*.input_layernorm",
            [EveryLayer + ParameterNames.Query] = "model.layers.*.self_attn.q_proj",
            [EveryLayer + ParameterNames.Key] = "model.layers.*.self_attn.k_proj",
            [EveryLayer + ParameterNames.Value] = "model.layers.*.self_attn.v_proj",
            [EveryLayer + ParameterNames.AttentionOutput] = "model.layers.*.self_attn.o_proj",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "model.layers.*.post_attention_layernorm",
            [EveryLayer + ParameterNames.Gate] = "model.layers.*.mlp.gate_proj",
            [EveryLayer + ParameterNames.Up] = "model.layers.*.mlp.up_proj",
            [EveryLayer + ParameterNames.Down] = "model.layers.*.mlp.down_proj",
            [ParameterNames.FinalNorm] = "model.norm",
            [ParameterNames.Head] = Head,
        },
        TiedHeads = [ParameterNames.Weight(Head)],
        Ignored = ["*.rotary_emb.inv_freq"],
        HeadPatterns = ["lm_head.*", "score.*"],
    };

    /// <summary>Queries, keys and values of one head stand together: [heads, 3, head_dim] rows.</summary>
    private static readonly CheckpointTable s_gptNeox = new()
    {
        Prefix = "gpt_neox.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "gpt_neox.embed_in",
            [EveryLayer + ParameterNames.AttentionNorm] = "gpt_neox.layers.*.input_layernorm",
            [EveryLayer + ParameterNames.Query] = "gpt_neox.layers.*.attention.query_key_value",
            [EveryLayer + ParameterNames.Key] = "gpt_neox.layers.*.attention.query_key_value",
            [EveryLayer + ParameterNames.Value] = "gpt_neox.layers.*.attention.query_key_value",
            [EveryLayer + ParameterNames.AttentionOutput] = "gpt_neox.layers.*.attention.dense",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "gpt_neox.layers.*.post_attention_layernorm",
            [EveryLayer + ParameterNames.Up] = "gpt_neox.layers.*.mlp.dense_h_to_4h",
            [EveryLayer + ParameterNames.Down] = "gpt_neox.layers.*.mlp.dense_4h_to_h",
            [ParameterNames.FinalNorm] = "gpt_neox.final_layer_norm",
            [ParameterNames.Head] = "embed_out",
        },
        InterleavesHeads = true,
        TiedHeads = ["embed_out.weight"],
        Ignored = ["*.attention.bias", "*.attention.masked_bias", "*.rotary_emb.inv_freq"],
        HeadPatterns = ["embed_out.*", "score.*"],
    };

    private static readonly CheckpointTable s_phi = new()
    {
        Prefix = "model.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "model.embed_tokens",
            [EveryLayer + ParameterNames.AttentionNorm] = "model.layers.*.input_layernorm",
            [EveryLayer + ParameterNames.Query] = "model.layers.*.self_attn.q_proj",
            [EveryLayer + ParameterNames.Key] = "model.layers.*.self_attn.k_proj",
            [EveryLayer + ParameterNames.Value] = "model.layers.*.self_attn.v_proj",
            [EveryLayer + ParameterNames.AttentionOutput] = "model.layers.*.self_attn.dense",
            [EveryLayer + ParameterNames.Up] = "model.layers.*.mlp.fc1",
            [EveryLayer + ParameterNames.Down] = "model.layers.*.mlp.fc2",
            [ParameterNames.FinalNorm] = "model.final_layernorm",
            [ParameterNames.Head] = Head,
        },
        TiedHeads = [ParameterNames.Weight(Head)],
        Ignored = ["*.rotary_emb.inv_freq"],
        HeadPatterns = ["lm_head.*", "score.*"],
    };

    /// <summary>Queries, keys and values of one head stand together: [heads, 3, head_dim] rows.</summary>
    private static readonly CheckpointTable s_bloom = new()
    {
        Prefix = "transformer.",
        Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Tokens] = "transformer.word_embeddings",
            [ParameterNames.EmbeddingNorm] = "transformer.word_embeddings_layernorm",
            [EveryLayer + ParameterNames.AttentionNorm] = "transformer.h.*.input_layernorm",
            [EveryLayer + ParameterNames.Query] = "transformer.h.*.self_attention.query_key_value",
            [EveryLayer + ParameterNames.Key] = "transformer.h.*.self_attention.query_key_value",
            [EveryLayer + ParameterNames.Value] = "transformer.h.*.self_attention.query_key_value",
            [EveryLayer + ParameterNames.AttentionOutput] = "transformer.h.*.self_attention.dense",
            [EveryLayer + ParameterNames.FeedForwardNorm] = "transformer.h.*.post_attention_layernorm",
            [EveryLayer + ParameterNames.Up] = "transformer.h.*.mlp.dense_h_to_4h",
            [EveryLayer + ParameterNames.Down] = "transformer.h.*.mlp.dense_4h_to_h",
            [ParameterNames.FinalNorm] = "transformer.ln_f",
            [ParameterNames.Head] = Head,
        },
        InterleavesHeads = true,
        TiedHeads = [ParameterNames.Weight(Head)],
        HeadPatterns = ["lm_head.*", "score.*"],
    };
}
