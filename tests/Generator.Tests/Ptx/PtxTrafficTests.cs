using System.Collections.Concurrent;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Ptx;

/// <summary>
/// How every kernel of a model uses memory, counted by the interpreter: training, prefill and decoding of a layer with GPT-2's sizes and an odd vocabulary, a block of
/// each kernel.
/// </summary>
public sealed class PtxTrafficTests
{
    private const string Model = """
        [Transformer(VocabularySize = 1027, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 1), Inference(PrefillChunk = 128),
         Training(BatchSize = 1, SequenceLength = 1024)]
        """;

    private const int SectorBytes = 32;
    private static readonly ConcurrentDictionary<string, Lazy<LaunchTrace[]>> s_traces = [];

    /// <summary>
    /// Requests touch the sectors that their bytes fill, and at most two more, where they begin or end inside of one. Not so where a lane has every sixteenth
    /// element, because rows of a table in panels lie so; nor in single precision, and where factors are rounded, where a thread loads four elements of a row one after the other, because rows
    /// of odd length begin anywhere: the first cache has the rest of the sector for the next three.
    /// </summary>
    [Theory]
    [InlineData("Float32", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "LinearInputGradient_1024x768x1027", "LinearWeightGradient_1024x768x1027_Accumulate")]
    [InlineData("Tf32", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*")]
    [InlineData("BFloat16", "Embedding_*_Panels*", "EmbeddingGradient_*_Panels*", "Round_1024x1027")]
    public void KernelsReadAndWriteWholeSectors(string precision, params string[] others)
    {
        string[] scattered = [.. TracesOf(precision).Where(trace => trace.Instructions.Any(IsScattered)).Select(trace => trace.Kernel)];
        Assert.All(scattered, kernel => Assert.Contains(others, pattern => IsMatch(kernel, pattern)));
        Assert.All(others, pattern => Assert.Contains(scattered, kernel => IsMatch(kernel, pattern)));
    }

    /// <summary>None but in attention, where some stores of tiles and of their weights take two passes: at most an eighth of its passes.</summary>
    [Theory]
    [InlineData("Float32")]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void KernelsHaveFewBankConflicts(string precision)
    {
        foreach (LaunchTrace trace in TracesOf(precision))
        {
            long passes = trace.Instructions.Sum(instruction => instruction.SharedWavefronts);
            long most = trace.Kernel.Contains("Attention", StringComparison.Ordinal) ? passes / 8 : 0;
            Assert.True(trace.BankConflicts <= most, $"{trace.Kernel}: {trace.BankConflicts} of {passes} passes are bank conflicts; at most {most} may be.");
        }
    }

    /// <summary>Both tests look at the same runs.</summary>
    private static LaunchTrace[] TracesOf(string precision) => s_traces.GetOrAdd(precision, _ => new(() =>
    {
        using var blocks = new FirstBlocks(Model, Enum.Parse<Precision>(precision));
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
