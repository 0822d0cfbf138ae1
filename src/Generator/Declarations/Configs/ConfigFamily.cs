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

    private static readonly (string Key, string[] Values)[] _commonBound =
    [
        ("add_cross_attention", ["false"]),
        ("pruned_heads", ["{}"]),
        ("quantization_config", ["null"]),
    ];

    /// <param name="modelType">The family's <c>model_type</c>.</param>
    /// <param name="mapped">The keys that become a part of the draft.</param>
    /// <param name="bound">The keys of which only these values are implemented.</param>
    /// <param name="ignorable">The keys that say nothing about what is computed.</param>
    /// <param name="hasSource">What <c>is_encoder_decoder</c> is, as JSON text.</param>
    protected ConfigFamily(
        string modelType, (string Key, string Default)[] mapped, (string Key, string[] Values)[] bound, string[] ignorable, string hasSource = "false")
        => Table = new ConfigTable(
            modelType,
            [("model_type", "null"), .. mapped],
            [("is_encoder_decoder", [hasSource]), .. _commonBound, .. bound],
            [.. _commonIgnorable, .. ignorable]);

    public static IReadOnlyList<ConfigFamily> All { get; } =
    [
        new Gpt2Config(), new LlamaConfig(), new MistralConfig(), new Qwen2Config(), new GemmaConfig(), new GptNeoxConfig(), new PhiConfig(), new BloomConfig(),
        new BertConfig(), new DistilBertConfig(), new RobertaConfig("roberta", "Roberta", "50265"), new RobertaConfig("xlm-roberta", "XLMRoberta", "30522"),
        new RobertaConfig("camembert", "Camembert", "30522"), new VitConfig(), new MarianConfig(), new BartConfig(), new T5Config(),
    ];

    public ConfigTable Table { get; }

    /// <summary>Keys that every family ignores.</summary>
    public static IReadOnlyList<string> CommonIgnorable => _commonIgnorable;

    /// <summary>What is built, in one line of the README's table.</summary>
    public abstract string Summary { get; }

    /// <summary>The library's classes that are built, with their heads; none where <c>architectures</c> is not looked at, and a language model built.</summary>
    public virtual IReadOnlyList<(string Class, HeadKind Head)> Architectures => [];

    /// <param name="reader">The config.</param>
    /// <param name="choice">What the declaration says of the head.</param>
    public SpecDraft Lower(ConfigReader reader, HeadChoice choice)
    {
        reader.ReportUnknownKeys(Table.Name);
        foreach ((string key, string[] values) in Table.Bound) reader.Require(key, values);
        SpecDraft draft = Map(reader, choice);
        return choice.Kind is null || draft.Head.Kind == choice.Kind ? draft : draft with { Head = choice.GenericHead() };
    }

    /// <summary>The draft, with the chosen head where the family has it.</summary>
    protected virtual SpecDraft Map(ConfigReader reader, HeadChoice choice) => Map(reader);

    /// <summary>The draft of a family with one head.</summary>
    protected virtual SpecDraft Map(ConfigReader reader) => throw new NotSupportedException($"{Table.Name} has several heads.");

    /// <summary>Reports <c>architectures</c> of which none is one of the family's own, for families with one head.</summary>
    protected void RequireArchitecture(ConfigReader reader)
    {
        if (reader.OptionalTexts("architectures") is { Count: > 0 } names && !Architectures.Any(known => names.Contains(known.Class)))
            reader.Unsupported("architectures", string.Join(", ", Architectures.Select(known => known.Class)));
    }

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
