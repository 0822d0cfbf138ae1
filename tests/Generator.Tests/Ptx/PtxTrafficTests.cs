using System.Collections.Concurrent;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Ptx;

/// <summary>
/// How every kernel of a model uses memory, counted by the interpreter: training, prefill and decoding of a layer with GPT-2's sizes and an odd vocabulary, and of models of the other
/// families, a block of each kernel.
/// </summary>
public sealed class PtxTrafficTests
{
    private static readonly Dictionary<string, string> s_models = new()
    {
        ["Gpt"] = """
            [Transformer(VocabularySize = 1027, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 1), Inference(PrefillChunk = 128),
             Training(BatchSize = 1, SequenceLength = 1024)]
            """,
        ["Llama"] = """
            [Transformer(VocabularySize = 1027, ContextLength = 256, DModel = 512, Heads = 8, KeyValueHeads = 2, Layers = 1, FeedForwardDim = 1376, Norm = NormKind.RmsNorm, Gated = true,
                Activation = Activation.Silu, Position = PositionKind.Rotary, QueryKeyNorm = true, TiedHead = false, AttentionDropout = 0.1, ResidualDropout = 0.1),
             Inference(PrefillChunk = 128), Training(BatchSize = 2, SequenceLength = 256)]
            """,
        ["Bert"] = """
            [Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = 1027, ContextLength = 128, DModel = 384, Heads = 12, Layers = 1, TokenTypes = 2,
                NormPlacement = NormPlacement.Post, EmbeddingNorm = true, Activation = Activation.Gelu, Head = HeadKind.SequenceClassification, Labels = 3),
             Inference(Batch = 2), Training(BatchSize = 4, SequenceLength = 128)]
            """,
        ["T5"] = """
            [Transformer(Architecture = Architecture.EncoderDecoder, VocabularySize = 1027, SourceLength = 128, ContextLength = 128, DModel = 512, Heads = 8, Layers = 1,
                Norm = NormKind.RmsNorm, Gated = true, Activation = Activation.GeluTanh, Position = PositionKind.RelativeBias),
             Inference(PrefillChunk = 64), Training(BatchSize = 2)]
            """,
    };

    private const int SectorBytes = 32;
    private static readonly ConcurrentDictionary<(string Model, string Precision), Lazy<LaunchTrace[]>> s_traces = [];

    /// <summary>
    /// Requests touch the sectors that their bytes fill, and at most two more, where they begin or end inside of one. Not so where a lane has every sixteenth
    /// element, because rows of a table in panels lie so; nor in single precision, and where factors are rounded, where a thread loads four elements of a row one after the other, because rows
    /// of odd length begin anywhere: the first cache has the rest of the sector for the next three.
    /// </summary>
    [Theory]
    [InlineData("Gpt", "Float32", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "LinearInputGradient_1024x768x1027", "LinearWeightGradient_1024x768x1027_Accumulate")]
    [InlineData("Gpt", "Tf32", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*")]
    [InlineData("Gpt", "BFloat16", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "Round_1024x1027")]
    [InlineData("Llama", "Float32", "LinearInputGradient_512x512x1027", "LinearWeightGradient_512x512x1027_Accumulate")]
    [InlineData("Llama", "BFloat16", "Round_512x1027")]
    [InlineData("Bert", "Float32")]
    [InlineData("Bert", "Tf32")]
    [InlineData("T5", "Float32", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "LinearInputGradient_256x512x1027", "LinearWeightGradient_256x512x1027_Accumulate")]
    [InlineData("T5", "BFloat16", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "Round_256x1027")]
    public void KernelsReadAndWriteWholeSectors(string model, string precision, params string[] others)
    {
        string[] scattered = [.. TracesOf(model, precision).Where(trace => trace.Instructions.Any(IsScattered)).Select(trace => trace.Kernel)];
        Assert.All(scattered, kernel => Assert.Contains(others, pattern => IsMatch(kernel, pattern)));
        Assert.All(others, pattern => Assert.Contains(scattered, kernel => IsMatch(kernel, pattern)));
    }

    /// <summary>None but in attention, where some stores of tiles and of their weights take two passes: at most an eighth of its passes.</summary>
    [Theory]
    [InlineData("Gpt", "Float32")]
    [InlineData("Gpt", "Tf32")]
    [InlineData("Gpt", "BFloat16")]
    [InlineData("Llama", "Float32")]
    [InlineData("Llama", "BFloat16")]
    [InlineData("Bert", "Float32")]
    [InlineData("Bert", "Tf32")]
    [InlineData("T5", "Float32")]
    [InlineData("T5", "BFloat16")]
    public void KernelsHaveFewBankConflicts(string model, string precision)
    {
        foreach (LaunchTrace trace in TracesOf(model, precision))
        {
            long passes = trace.Instructions.Sum(instruction => instruction.SharedWavefronts);
            long most = trace.Kernel.Contains("Attention", StringComparison.Ordinal) ? passes / 8 : 0;
            Assert.True(trace.BankConflicts <= most, $"{trace.Kernel}: {trace.BankConflicts} of {passes} passes are bank conflicts; at most {most} may be.");
        }
    }

    /// <summary>Both tests look at the same runs.</summary>
    private static LaunchTrace[] TracesOf(string model, string precision) => s_traces.GetOrAdd((model, precision), _ => new(() =>
    {
        using var blocks = new FirstBlocks(s_models[model], Enum.Parse<Precision>(precision));
        return [.. blocks.Run()];
    })).Value;

    private static bool IsScattered(InstructionTrace trace)
    {
        string name = trace.Instruction.Name;
        int bytes = name.Contains(".v4", StringComparison.Ordinal) || name.Contains("async.cg", StringComparison.Ordinal) ? 16 : name.Contains(".v2", StringComparison.Ordinal) ? 8 : 4;
        return trace.GlobalSectors > (bytes * trace.LaneCount / SectorBytes) + (2 * trace.Requests);
    }

    private static bool IsMatch(string name, string pattern) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
