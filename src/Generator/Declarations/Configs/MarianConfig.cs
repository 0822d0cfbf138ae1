namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Marian (OPUS-MT): the transformer of 2017, with sinusoidal positions and embeddings scaled by the root of the width.</summary>
internal sealed class MarianConfig() : BartLikeConfig(
    "marian",
    [("MarianMTModel", HeadKind.LanguageModel)],
    [
        ("vocab_size", "58101"),
        ("decoder_vocab_size", "null"),
        ("share_encoder_decoder_embeddings", "true"),
        ("pad_token_id", "58100"),
    ],
    [("normalize_embedding", ["false"]), ("static_position_embeddings", ["true"])])
{
    public override string Summary => "encoder and decoder with sizes of their own; LayerNorm after each block; sinusoidal positions; tied head";

    protected override SpecDraft Map(ConfigReader reader)
    {
        Setting<int> source = reader.Integer("vocab_size");
        Setting<int> vocabulary = reader.OptionalInteger("decoder_vocab_size") ?? source;
        bool isShared = reader.Flag("share_encoder_decoder_embeddings");
        if (isShared && vocabulary.Value != source.Value)
            reader.Unsupported("decoder_vocab_size", $"vocab_size = {InvariantText.Of(source.Value)}, where embeddings are shared");
        var position = new PositionDraft { Kind = PositionKind.Sinusoidal, Layout = PairLayout.Halves };
        return Map(reader, CheckpointFamily.Bart, source, vocabulary, position) with { SharedEmbeddings = isShared };
    }
}
