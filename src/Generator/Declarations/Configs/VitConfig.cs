namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>The Vision Transformer: images as a class token and patches, LayerNorm before each block.</summary>
internal sealed class VitConfig() : EncoderConfig(
    "vit",
    [
        ("ViTModel", HeadKind.None),
        ("ViTForImageClassification", HeadKind.SequenceClassification),
    ],
    [
        ("hidden_size", "768"),
        ("num_hidden_layers", "12"),
        ("num_attention_heads", "12"),
        ("intermediate_size", "3072"),
        ("hidden_act", "\"gelu\""),
        ("hidden_dropout_prob", "0.0"),
        ("attention_probs_dropout_prob", "0.0"),
        ("initializer_range", "0.02"),
        ("layer_norm_eps", "1e-12"),
        ("image_size", "224"),
        ("patch_size", "16"),
        ("num_channels", "3"),
        ("qkv_bias", "true"),
        ("pooler_output_size", "null"),
    ],
    [("pooler_act", ["\"tanh\""])],
    [
        // encoder_stride belongs to masked image modelling, which is not built.
        "encoder_stride", "tie_word_embeddings",
    ])
{
    public override string Summary => "images in patches with a class token, learned positions, LayerNorm before each block, GELU";

    protected override Activation? ClassifierPooler => null;

    protected override SpecDraft Map(ConfigReader reader, HeadChoice choice)
    {
        Setting<int> width = reader.Integer("hidden_size"), side = reader.Integer("image_size");
        Setting<double> dropout = reader.Number("hidden_dropout_prob");
        bool bias = reader.Flag("qkv_bias");
        if (reader.OptionalInteger("pooler_output_size") is { } pooled && pooled.Value != width.Value)
            reader.Unsupported("pooler_output_size", $"null, or hidden_size = {InvariantText.Of(width.Value)}");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.Vit,
            DModel = width,
            Encoder = new StackDraft
            {
                VocabularySize = null,
                ContextLength = null,
                Layers = reader.Integer("num_hidden_layers"),
                Heads = reader.Integer("num_attention_heads"),
                FeedForwardDim = reader.Integer("intermediate_size"),
                Biases = new BiasDraft(bias, bias, bias, AttentionOutput: true, FeedForward: true),
                Causal = false,
                Activation = ReadActivation(reader, "hidden_act"),
                Gated = false,
                Position = new PositionDraft { Kind = PositionKind.Learned },
            },
            Norm = NormKind.LayerNorm,
            NormEpsilon = reader.Number("layer_norm_eps"),
            Image = new ImageDraft(side, side, reader.Integer("patch_size"), reader.Integer("num_channels")),
            Head = ReadHead(reader, choice),
            EmbeddingDropout = dropout,
            AttentionDropout = reader.Number("attention_probs_dropout_prob"),
            ResidualDropout = dropout,
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }

    protected override Activation ReadTransform(ConfigReader reader) => Activation.Gelu;
}
