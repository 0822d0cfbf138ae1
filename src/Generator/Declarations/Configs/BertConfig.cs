namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>BERT: a norm after each block and after the embedding, token types, learned positions or relative vectors.</summary>
internal sealed class BertConfig() : BertLikeConfig(
    "bert",
    [
        ("BertModel", HeadKind.None),
        ("BertForMaskedLM", HeadKind.MaskedLanguageModel),
        ("BertForPreTraining", HeadKind.MaskedLanguageModel),
        ("BertForSequenceClassification", HeadKind.SequenceClassification),
        ("BertForTokenClassification", HeadKind.TokenClassification),
        ("BertForQuestionAnswering", HeadKind.SpanExtraction),
    ],
    [
        ("vocab_size", "30522"),
        ("layer_norm_eps", "1e-12"),
        ("pad_token_id", "0"),
    ],
    [
        // Of the multilingual models: a pooler that was never used. The next-sentence head of pre-training is passed over.
        "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type",
    ])
{
    public override string Summary =>
        "LayerNorm after each block and after the embedding, learned or relative (`relative_key`, `relative_key_query`) positions, token types, GELU";

    protected override SpecDraft Map(ConfigReader reader, HeadChoice choice) => Map(reader, choice, CheckpointFamily.Bert, padding: null);

    protected override Activation ReadTransform(ConfigReader reader) => ReadActivation(reader, "hidden_act");
}
