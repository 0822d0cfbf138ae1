namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>One <c>model_type</c>: its table of keys and how they become a draft.</summary>
internal abstract class ConfigFamily
{
    /// <summary>Keys that every Hugging Face config may hold and that say nothing about what is computed.</summary>
    private static readonly string[] _commonIgnorable =
    [
        "architectures", "_name_or_path", "name_or_path", "transformers_version", "auto_map", "tokenizer_class", "task_specific_params",
        "torch_dtype", "dtype", "use_bfloat16", "torchscript", "tf_legacy_loss", "attn_implementation", "_attn_implementation",
        "_attn_implementation_autoset", "use_cache", "is_decoder", "tie_encoder_decoder", "cross_attention_hidden_size",
        "chunk_size_feed_forward", "output_attentions", "output_hidden_states", "return_dict", "use_return_dict", "finetuning_task",
        "id2label", "label2id", "num_labels", "problem_type", "prefix", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id",
        "unk_token_id", "decoder_start_token_id", "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups",
        "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "output_scores", "return_dict_in_generate",
        "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens",
        "begin_suppress_tokens",
    ];

    /// <summary>Keys that every config may hold and that must keep their defaults.</summary>
    private static readonly (string Key, string Default)[] _commonMapped =
    [
        ("model_type", "null"),
        ("is_encoder_decoder", "false"),
        ("add_cross_attention", "false"),
        ("pruned_heads", "{}"),
        ("quantization_config", "null"),
    ];

    protected ConfigFamily(string modelType, (string Key, string Default)[] mapped, string[] ignorable)
        => Table = new ConfigTable(modelType, [.. _commonMapped, .. mapped], [.. _commonIgnorable, .. ignorable]);

    public static IReadOnlyList<ConfigFamily> All { get; } =
    [
        new Gpt2Config(), new LlamaConfig(), new MistralConfig(), new Qwen2Config(), new GemmaConfig(), new GptNeoxConfig(), new BloomConfig(),
    ];

    public ConfigTable Table { get; }

    /// <summary>What is built, in one line of the README's table.</summary>
    public abstract string Summary { get; }

    public SpecDraft Lower(ConfigReader reader)
    {
        reader.ReportUnknownKeys(Table.Name);
        reader.Require("is_encoder_decoder", "false");
        reader.Require("add_cross_attention", "false");
        reader.Require("pruned_heads", "{}");
        reader.Require("quantization_config", "null");
        return Map(reader);
    }

    protected abstract SpecDraft Map(ConfigReader reader);

    /// <summary>The width of a head that is not given; of use only where the sizes turn out to be valid.</summary>
    protected static int HeadDim(Setting<int> width, Setting<int> heads) => width.Value / Math.Max(1, heads.Value);

    protected static Setting<double> RootOf(Setting<int> width) => new(Math.Sqrt(Math.Max(1, width.Value)), width.Name, width.Location);

    /// <summary>The activation of a key, by the names of Hugging Face's library.</summary>
    protected static Activation ReadActivation(ConfigReader reader, string key) => reader.Choice(
        key,
        ("relu", Activation.Relu),
        ("gelu", Activation.Gelu),
        ("gelu_python", Activation.Gelu),
        ("gelu_new", Activation.GeluTanh),
        ("gelu_fast", Activation.GeluTanh),
        ("gelu_pytorch_tanh", Activation.GeluTanh),
        ("silu", Activation.Silu),
        ("swish", Activation.Silu));
}
