using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Generator.Tests.Diagnostics;

/// <summary>Each diagnostic stands at what the user has to change.</summary>
public sealed class DiagnosticLocationTests
{
    private const string Sizes = "VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6";

    [Theory]
    [InlineData("TC0001", "Model", $"[Transformer({Sizes})] class Model;")]
    [InlineData("TC0002", "Outer", $"class Outer {{ [Transformer({Sizes})] partial class Model; }}")]
    [InlineData("TC0003", "Model", $"[Transformer({Sizes})] partial class Model<T>;")]
    [InlineData("TC0003", "Model", $"partial class Outer<T> {{ [Transformer({Sizes})] partial class Model; }}")]
    [InlineData("TC0004", "Model", $"[Transformer({Sizes})] partial record Model;")]
    [InlineData("TC0004", "Model", $"[Transformer({Sizes})] static partial class Model;")]
    [InlineData("TC0004", "Model", $"[Transformer({Sizes})] file partial class Model;")]
    [InlineData("TC0004", "Model", $"file partial class Outer {{ [Transformer({Sizes})] partial class Model; }}")]
    [InlineData("TC0004", "Model", $"[Transformer({Sizes})] partial struct Model;")]
    [InlineData("TC0005", "Weights", $"[Transformer({Sizes})] partial class Model {{ void Weights() {{ }} }}")]
    [InlineData("TC0005", "Session", $"[Transformer({Sizes})] partial class Session;")]
    [InlineData("TC0005", "Trainer", $"[Transformer({Sizes}), Training(BatchSize = 1)] partial class Model {{ class Trainer; }}")]
    [InlineData("TC0006", "Inference(Batch = 2)", "[Inference(Batch = 2)] partial class Model;")]
    [InlineData("TC0006", "CaptureAttention", "[CaptureAttention] partial class Model;")]
    [InlineData("TC0006", "Cuda", "[Cuda] partial class Model;")]
    [InlineData("TC0033", "Cuda", $"[Transformer({Sizes}), Cuda] partial class Model;")]
    [InlineData("TC0008", "Transformer(ContextLength = 256, DModel = 384, Heads = 6, Layers = 6)", "[Transformer(ContextLength = 256, DModel = 384, Heads = 6, Layers = 6)] partial class Model;")]
    [InlineData("TC0008", "Training", $"[Transformer({Sizes}), Training] partial class Model;")]
    [InlineData("TC0009", "Layers = 0", "[Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 0)] partial class Model;")]
    [InlineData("TC0009", "NormEpsilon = 0", $"[Transformer({Sizes}, NormEpsilon = 0)] partial class Model;")]
    [InlineData("TC0009", "NormEpsilon = double.NaN", $"[Transformer({Sizes}, NormEpsilon = double.NaN)] partial class Model;")]
    [InlineData("TC0009", "ResidualDropout = 0.99999999999", $"[Transformer({Sizes}, ResidualDropout = 0.99999999999)] partial class Model;")]
    [InlineData("TC0009", "SlidingWindow = -1", $"[Transformer({Sizes}, SlidingWindow = -1)] partial class Model;")]
    [InlineData("TC0009", "Norm = (NormKind)7", $"[Transformer({Sizes}, Norm = (NormKind)7)] partial class Model;")]
    [InlineData("TC0009", "BatchSize = 65537", $"[Transformer({Sizes}), Training(BatchSize = 65537, SequenceLength = 1)] partial class Model;")]
    [InlineData("TC0009", "BatchSize = 65536", $"[Transformer({Sizes}, FeedForwardDim = 1), Training(BatchSize = 65536, SequenceLength = 257 - 0)] partial class Model;")]
    [InlineData("TC0009", "Batch = 0", $"[Transformer({Sizes}), Inference(Batch = 0)] partial class Model;")]
    [InlineData("TC0010", "Heads = 5", "[Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 5, Layers = 6)] partial class Model;")]
    [InlineData("TC0011", "KeyValueHeads = 4", $"[Transformer({Sizes}, KeyValueHeads = 4)] partial class Model;")]
    [InlineData("TC0012", "RotaryDim = 66", $"[Transformer({Sizes}, Position = PositionKind.Rotary, RotaryDim = 66)] partial class Model;")]
    [InlineData("TC0012", "HeadDim = 7", $"[Transformer({Sizes}, Position = PositionKind.Rotary, HeadDim = 7)] partial class Model;")]
    [InlineData("TC0013", "DModel = 45", "[Transformer(VocabularySize = 65, ContextLength = 256, DModel = 45, Heads = 5, Layers = 6, Position = PositionKind.Sinusoidal)] partial class Model;")]
    [InlineData("TC0014", "SlidingWindow = 4", $"[Transformer({Sizes}, Architecture = Architecture.EncoderOnly, SlidingWindow = 4)] partial class Model;")]
    [InlineData("TC0017", "PrefillChunk = 257", $"[Transformer({Sizes}), Inference(PrefillChunk = 257)] partial class Model;")]
    [InlineData("TC0018", "PairLayout = PairLayout.Interleaved", $"[Transformer({Sizes}, PairLayout = PairLayout.Interleaved)] partial class Model;")]
    [InlineData("TC0019", "Gated = true", "[Transformer(\"config.json\", Gated = true)] partial class Model;")]
    [InlineData("TC0020", "ContextLength = 33", "[Transformer(\"config.json\", ContextLength = 33)] partial class Model;")]
    [InlineData("TC0021", "\"C:/config.json\"", "[Transformer(\"C:/config.json\")] partial class Model;")]
    [InlineData("TC0021", "\"\"", "[Transformer(\"\")] partial class Model;")]
    [InlineData("TC0021", "configPath: null!", "[Transformer(configPath: null!)] partial class Model;")]
    [InlineData("TC0022", "\"Config.json\"", "[Transformer(\"Config.json\")] partial class Model;")]
    public void InTheSource(string id, string text, string source)
    {
        GeneratorRun run = GeneratorRun.Of(GeneratorInput.Of(source).WithFile("config.json", Configs.Fixture("gpt2-tiny")));
        Diagnostic diagnostic = Assert.Single(run.Diagnostics, candidate => candidate.Id == id);
        Assert.Null(run.Result.Exception);
        Assert.Equal(text, run.TextAt(diagnostic));
        Assert.Equal("/project/Model.cs", diagnostic.Location.GetLineSpan().Path);
    }

    [Theory]
    [InlineData("TC0009", "n_head", "0")]
    [InlineData("TC0009", "n_head", "-4")]
    [InlineData("TC0009", "resid_pdrop", "1.5")]
    [InlineData("TC0009", "layer_norm_epsilon", "1e400")]
    [InlineData("TC0010", "n_head", "5")]
    [InlineData("TC0026", "n_head", "4.0")]
    [InlineData("TC0026", "n_head", "null")]
    [InlineData("TC0026", "n_head", "99999999999")]
    [InlineData("TC0026", "resid_pdrop", "true")]
    [InlineData("TC0026", "tie_word_embeddings", "1")]
    [InlineData("TC0026", "activation_function", "[]")]
    [InlineData("TC0027", "activation_function", "\"quick_gelu\"")]
    [InlineData("TC0027", "scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("TC0027", "add_cross_attention", "true")]
    [InlineData("TC0027", "is_encoder_decoder", "true")]
    [InlineData("TC0027", "quantization_config", "{ \"bits\": 4 }")]
    [InlineData("TC0025", "model_type", "\"xlnet\"")]
    [InlineData("TC0025", "model_type", "7")]
    public void AtAGpt2ConfigsValue(string id, string key, string json) => AssertAtValue("gpt2", id, key, json);

    [Theory]
    [InlineData("TC0011", "num_key_value_heads", "3")]
    [InlineData("TC0012", "head_dim", "7")]
    [InlineData("TC0026", "rope_scaling", "\"linear\"")]
    [InlineData("TC0009", "rope_theta", "0.5")]
    public void AtALlamaConfigsValue(string id, string key, string json) => AssertAtValue("llama", id, key, json);

    [Theory]
    [InlineData("TC0027", """{ "rope_type": "yarn", "factor": 2 }""", "\"yarn\"")]
    [InlineData("TC0027", """{ "type": "dynamic", "factor": 2 }""", "\"dynamic\"")]
    [InlineData("TC0026", """{ "rope_type": "linear", "factor": "2" }""", "\"2\"")]
    [InlineData("TC0026", """{ "rope_type": "linear" }""", "{")]
    [InlineData("TC0015", """{ "rope_type": "llama3", "factor": 2, "low_freq_factor": 4, "high_freq_factor": 1, "original_max_position_embeddings": 64 }""", "1")]
    [InlineData("TC0028", """{ "rope_type": "linear", "factor": 2, "beta": 3 }""", "\"beta\"")]
    public void InsideRopeScaling(string id, string json, string text)
    {
        GeneratorRun run = GeneratorRun.Of(Configs.Model($"{{\n  \"model_type\": \"llama\",\n  \"rope_scaling\": {json}\n}}"));
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal((id, text), (diagnostic.Id, run.TextAt(diagnostic)));
        Assert.Equal(2, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void MissingModelTypeStandsAtTheObjectsBeginning()
    {
        GeneratorRun run = GeneratorRun.Of(Configs.Model("\n  { }"));
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal("TC0025", diagnostic.Id);
        Assert.Equal((1, 2), Position(diagnostic));
    }

    [Theory]
    [InlineData("{\n  \"model_type\": \"gpt2\",\n}", 2, 0)]
    [InlineData("{\r\n  \"model_type\": 01\r\n}", 1, 17)]
    [InlineData("{\r  \"a\": 1,\r  \"a\": 2\r}", 2, 2)]
    [InlineData("", 0, 0)]
    [InlineData("[]", 0, 0)]
    [InlineData("{} x", 0, 3)]
    [InlineData("{", 0, 1)]
    public void MalformedJsonHasLineAndColumn(string json, int line, int column)
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(Configs.Model(json)).Diagnostics);
        Assert.Equal("TC0024", diagnostic.Id);
        Assert.Equal("/project/config.json", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal((line, column), Position(diagnostic));
    }

    [Fact]
    public void UnknownKeyIsNamedAndTheModelStillGenerated()
    {
        GeneratorRun run = GeneratorRun.Of(Configs.Model(Configs.With("gpt2-tiny", "alibi", "true")));
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(("TC0028", DiagnosticSeverity.Warning, "\"alibi\""), (diagnostic.Id, diagnostic.Severity, run.TextAt(diagnostic)));
        Assert.Contains("'alibi'", diagnostic.GetMessage());
        Assert.NotEmpty(run.Files);
    }

    private static void AssertAtValue(string family, string id, string key, string json)
    {
        string modelType = key == "model_type" ? "" : $"  \"model_type\": \"{family}\",\n";
        GeneratorRun run = GeneratorRun.Of(Configs.Model($"{{\n{modelType}  \"{key}\": {json}\n}}"));
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal((id, json), (diagnostic.Id, run.TextAt(diagnostic)));
        Assert.Equal((key == "model_type" ? 1 : 2, key.Length + 6), Position(diagnostic));
        Assert.Contains(key == "head_dim" ? "7" : key, diagnostic.GetMessage());
    }

    private static (int Line, int Column) Position(Diagnostic diagnostic)
    {
        var start = diagnostic.Location.GetLineSpan().StartLinePosition;
        return (start.Line, start.Character);
    }
}
