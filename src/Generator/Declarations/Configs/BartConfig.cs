namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>BART: learned positions whose table begins with two rows that nothing uses, and norms after the embeddings.</summary>
internal sealed class BartConfig() : BartLikeConfig(
    "bart",
    [("BartForConditionalGeneration", HeadKind.LanguageModel)],
    [("vocab_size", "50265"), ("pad_token_id", "1")],
    [("normalize_embedding", ["true"]), ("static_position_embeddings", ["false"])])
{
    /// <summary>Rows of the table of positions before the first one.</summary>
    private const int Offset = 2;

    public override string Summary => "encoder and decoder with sizes of their own; LayerNorm after each block and after the embeddings; learned positions; tied head";

    protected override SpecDraft Map(ConfigReader reader)
    {
        Setting<int> vocabulary = reader.Integer("vocab_size"), length = reader.Integer("max_position_embeddings");
        Setting<int> rows = length with { Value = Math.Min(length.Value, int.MaxValue - Offset) + Offset };
        var position = new PositionDraft { Kind = PositionKind.Learned, LearnedLength = rows, Offset = Offset };
        SpecDraft draft = Map(reader, CheckpointFamily.Bart, vocabulary, vocabulary, position);
        return draft with { Encoder = draft.Encoder! with { EmbeddingNorm = true }, Decoder = draft.Decoder! with { EmbeddingNorm = true } };
    }
}
