using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Architectures;

/// <summary>Which sites of a family's training programs drop, at which rate, and what they look at: as in Hugging Face's library.</summary>
public sealed class DropoutPlacesTests
{
    private const string Bert =
        "\"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 1, \"intermediate_size\": 8, \"max_position_embeddings\": 12, \"vocab_size\": 9, "
        + "\"hidden_dropout_prob\": 0.25, \"classifier_dropout\": 0.5, \"attention_probs_dropout_prob\": 0.125, ";

    [Fact]
    public void T5DropsAfterTheLastNormOfEachStack()
    {
        const string Sizes = "\"d_model\": 8, \"d_kv\": 4, \"d_ff\": 8, \"num_heads\": 2, \"num_layers\": 1, \"vocab_size\": 9, \"n_positions\": 8, \"dropout_rate\": 0.25";
        ProgramGraph program = Training("t5", Sizes, "");
        string[] sites =
        [
            "encoder.embedding.dropout", "encoder.layers.0.attention.dropout", "encoder.layers.0.feed_forward.hidden.dropout",
            "encoder.layers.0.feed_forward.dropout", "encoder.final_norm.dropout",
            "decoder.embedding.dropout", "decoder.layers.0.attention.dropout", "decoder.layers.0.cross_attention.dropout",
            "decoder.layers.0.feed_forward.hidden.dropout", "decoder.layers.0.feed_forward.dropout", "decoder.final_norm.dropout",
        ];
        Assert.Equal(sites.Select(site => (site, 0.25f)), Sites(program));
        foreach (string stack in (string[])["encoder.", "decoder."]) Assert.IsType<RmsNorm>(Before(program, stack + "final_norm.dropout"));
    }

    [Theory]
    [InlineData("roberta", "Roberta")]
    [InlineData("camembert", "Camembert")]
    public void RobertaDropsBeforeAndAfterTheLayerOfItsClassifier(string family, string prefix)
    {
        ProgramGraph program = Training(family, Bert + $"\"architectures\": [\"{prefix}ForSequenceClassification\"]", "");
        (string, float)[] sites =
        [
            ("embedding.dropout", 0.25f), ("layers.0.attention.dropout", 0.25f), ("layers.0.feed_forward.dropout", 0.25f),
            ("pooler.dropout", 0.5f), ("head.dropout", 0.5f),
        ];
        Assert.Equal(sites, Sites(program));
        Assert.IsType<Pool>(Before(program, "pooler.dropout"));
        Assert.IsType<Activate>(Before(program, "head.dropout"));
    }

    [Fact]
    public void TheHeadsRateIsThatOfBothPlaces()
    {
        ProgramGraph program = Training("roberta", Bert + "\"architectures\": [\"RobertaForSequenceClassification\"]", ", HeadDropout = 0.75");
        Assert.Equal([("pooler.dropout", 0.75f), ("head.dropout", 0.75f)], Sites(program).TakeLast(2));
    }

    [Theory]
    [InlineData("bert", "BertForSequenceClassification")]
    [InlineData("roberta", "RobertaForTokenClassification")]
    public void OtherClassifiersDropOnce(string family, string architecture)
    {
        ProgramGraph program = Training(family, Bert + $"\"architectures\": [\"{architecture}\"]", "");
        Assert.Equal([("layers.0.feed_forward.dropout", 0.25f), ("head.dropout", 0.5f)], Sites(program).TakeLast(2));
    }

    [Fact]
    public void DistilBertDropsNothingAfterAttention()
    {
        const string Sizes =
            "\"dim\": 8, \"n_heads\": 2, \"n_layers\": 2, \"hidden_dim\": 8, \"max_position_embeddings\": 12, \"vocab_size\": 9, \"dropout\": 0.25, "
            + "\"seq_classif_dropout\": 0.5, \"architectures\": [\"DistilBertForSequenceClassification\"]";
        (string, float)[] sites = [("embedding.dropout", 0.25f), ("layers.0.feed_forward.dropout", 0.25f), ("layers.1.feed_forward.dropout", 0.25f), ("head.dropout", 0.5f)];
        Assert.Equal(sites, Sites(Training("distilbert", Sizes, "")));
    }

    private static ProgramGraph Training(string family, string keys, string values)
    {
        string lengths = family == "t5" ? "SequenceLength = 4, SourceLength = 5" : "SequenceLength = 4";
        string attributes = $"[Transformer(\"config.json\"{values}), Training(BatchSize = 2, {lengths})]";
        GeneratorRun run = GeneratorRun.Of(Configs.Model($$"""{ "model_type": "{{family}}", {{keys}} }""", attributes));
        Assert.Empty(run.Diagnostics);
        ModelDeclaration declaration = Assert.Single(run.Declarations);
        ModelGraph model = ModelBuilder.Build(declaration);
        ProgramGraph[] others = [.. model.Programs.Where(program => program.Name != Programs.Train)];
        Assert.DoesNotContain(others.SelectMany(program => program.Operations), operation => operation is Dropout);
        return model.Program(Programs.Train);
    }

    private static IEnumerable<Dropout> Drops(ProgramGraph program) =>
        program.Phases.Single(phase => phase.Name == Programs.ForwardPhase).Sections.SelectMany(section => section.Operations).OfType<Dropout>();

    private static IEnumerable<(string Site, float Rate)> Sites(ProgramGraph program) => Drops(program).Select(drop => (drop.Site, drop.Rate));

    /// <summary>The operation whose result a site drops of.</summary>
    private static Operation Before(ProgramGraph program, string site)
    {
        Tensor x = Drops(program).Single(drop => drop.Site == site).Inputs[0]!;
        return program.Operations.Single(operation => operation.Outputs.Contains(x));
    }
}
