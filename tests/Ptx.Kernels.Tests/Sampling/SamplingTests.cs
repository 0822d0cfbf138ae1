using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>The device draws what the run-time's sampler draws.</summary>
public sealed class SamplingTests
{
    private const int Context = 24;

    private static readonly (string Name, Func<ulong, Sampler> Of)[] Samplers =
    [
        ("greedy", seed => new Sampler { Temperature = 0, Seed = seed }),
        ("plain", seed => new Sampler { Seed = seed }),
        ("cool", seed => new Sampler { Temperature = 0.3f, Seed = seed }),
        ("hot", seed => new Sampler { Temperature = 2.5f, Seed = seed }),
        ("the first", seed => new Sampler { TopK = 1, Seed = seed }),
        ("top-k", seed => new Sampler { TopK = 5, Seed = seed }),
        ("top-k of many", seed => new Sampler { TopK = 130, Temperature = 3, Seed = seed }),
        ("a bit of top-p", seed => new Sampler { TopP = 0.02f, Seed = seed }),
        ("top-p", seed => new Sampler { TopP = 0.6f, Seed = seed }),
        ("most of top-p", seed => new Sampler { TopP = 0.9999f, Temperature = 1.5f, Seed = seed }),
        ("min-p", seed => new Sampler { MinP = 0.1f, Seed = seed }),
        ("the likeliest", seed => new Sampler { MinP = 0.9999f, Seed = seed }),
        ("penalty", seed => new Sampler { RepetitionPenalty = 1.7f, Seed = seed }),
        ("encouragement", seed => new Sampler { RepetitionPenalty = 0.6f, RepetitionWindow = 3, Seed = seed }),
        ("greedy with penalty", seed => new Sampler { Temperature = 0, RepetitionPenalty = 3, RepetitionWindow = 10, Seed = seed }),
        ("no token twice", seed => new Sampler { NoRepeatNGram = 1, Seed = seed }),
        ("no pair twice", seed => new Sampler { NoRepeatNGram = 2, TopP = 0.8f, Seed = seed }),
        ("greedy without trigrams", seed => new Sampler { Temperature = 0, NoRepeatNGram = 3, Seed = seed }),
        ("top-k and top-p", seed => new Sampler { TopK = 9, TopP = 0.7f, Temperature = 1.3f, Seed = seed }),
        ("top-p and min-p", seed => new Sampler { TopP = 0.9f, MinP = 0.2f, Seed = seed }),
        ("all", seed => new Sampler
        {
            Temperature = 0.8f,
            TopK = 20,
            TopP = 0.95f,
            MinP = 0.02f,
            RepetitionPenalty = 1.2f,
            RepetitionWindow = 12,
            NoRepeatNGram = 3,
            Seed = seed,
        }),
    ];

    public static TheoryData<string, LogitKind> Cases()
    {
        var cases = new TheoryData<string, LogitKind>();
        foreach ((string name, _) in Samplers)
        {
            foreach (LogitKind kind in Enum.GetValues<LogitKind>()) cases.Add(name, kind);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OfAFewTokens(string sampler, LogitKind kind) => AreAlike(sampler, kind, rows: 16, vocabulary: 7);

    [Theory]
    [MemberData(nameof(Cases))]
    public void OfAnOddVocabulary(string sampler, LogitKind kind) => AreAlike(sampler, kind, rows: 16, vocabulary: 131);

    [Theory]
    [InlineData("plain")]
    [InlineData("top-k and top-p")]
    [InlineData("greedy with penalty")]
    public void OfOneToken(string sampler) => AreAlike(sampler, LogitKind.Usual, rows: 3, vocabulary: 1);

    [Theory]
    [InlineData("plain", LogitKind.Usual)]
    [InlineData("top-k of many", LogitKind.Ties)]
    [InlineData("most of top-p", LogitKind.NearZero)]
    [InlineData("all", LogitKind.Excluded)]
    public void OfWholeBlocks(string sampler, LogitKind kind) => AreAlike(sampler, kind, rows: 3, vocabulary: 4099);

    [Theory]
    [InlineData("greedy", 50257)]
    [InlineData("hot", 50257)]
    [InlineData("all", 50257)]
    [InlineData("most of top-p", 50257)]
    [InlineData("top-p and min-p", 300_001)]
    public void OfAModelsVocabulary(string sampler, int vocabulary) => AreAlike(sampler, LogitKind.Usual, rows: 1, vocabulary);

    [Theory]
    [InlineData("plain")]
    [InlineData("top-p")]
    [InlineData("all")]
    public void WhateverRunsFirst(string name)
    {
        Sampler sampler = Samplers.Single(other => other.Name == name).Of(5);
        SamplingRun run = LogitKinds.Run(LogitKind.Ties, seed: 5, rows: 2, vocabulary: 4099, Context);
        int[] expected = run.OnHost(Samplers.Single(other => other.Name == name).Of(5));
        for (int seed = 1; seed <= 4; seed++) Assert.Equal(expected, run.OnDevice(sampler, seed).Tokens);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue >> 11 << 11)]
    public void AtTheEndsOfTheUnitInterval(ulong draw)
    {
        // Ranked: 3, 0, 2, 1. By number: the first and the last that has a mass.
        var run = new SamplingRun(6, Context, [1f, -1f, 0f, 2f, float.NegativeInfinity, float.NegativeInfinity], [[0]]);
        Assert.Equal(draw == 0 ? 0 : 3, run.OnDevice(new Sampler(), draw: draw).Tokens[0]);
        Assert.Equal(draw == 0 ? 3 : 1, run.OnDevice(new Sampler { TopK = 5 }, draw: draw).Tokens[0]);
        Assert.Equal(draw == 0 ? 3 : 2, run.OnDevice(new Sampler { TopP = 0.95f }, draw: draw).Tokens[0]);
    }

    [Fact]
    public void TheTokenFollowsTheHistoryWhereThereIsRoom()
    {
        var run = new SamplingRun(7, 4, [.. new float[14]], [[3, 5], [1, 2, 3, 4]]);
        Drawn drawn = run.OnDevice(Sampler.Greedy);
        Assert.Equal([0, 0], drawn.Tokens);
        Assert.Equal([3, 5, 0, -1, 1, 2, 3, 4], drawn.History);
    }

    [Fact]
    public void RowsPastTheLastAreLeftAlone()
    {
        SamplingRun run = LogitKinds.Run(LogitKind.Usual, seed: 3, rows: 3, vocabulary: 131, Context);
        Assert.Equal(run.OnHost(new Sampler { TopK = 3 }), run.OnDevice(new Sampler { TopK = 3 }, Extent.UpTo(5)).Tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(131)]
    [InlineData(4096)]
    [InlineData(50257)]
    [InlineData(300_001)]
    public void ABlockFitsInTheRegistersOfAMultiprocessor(int vocabulary)
    {
        foreach (Extent rows in new[] { Extent.Of(1), Extent.Of(64), Extent.UpTo(64) })
        {
            PtxKernel kernel = SamplingKernels.Sample(new SamplingShape(rows, vocabulary, 131072));
            Assert.InRange(kernel.LiveRegisters * kernel.Block.Count, 1, 65536);
            Assert.InRange(kernel.Text.Length, 1, 40 * 1024);
        }
    }

    [Theory]
    [InlineData("greedy", 3)]
    [InlineData("plain", 4)]
    [InlineData("top-p", 9)]
    [InlineData("all", 11)]
    public void AFewPassesOverTheVocabulary(string name, int passes)
    {
        const int vocabulary = 50257, tokensOfSector = 8;
        SamplingRun run = LogitKinds.Run(LogitKind.Usual, seed: 4, rows: 1, vocabulary, Context);
        LaunchTrace trace = run.OnDevice(Samplers.Single(sampler => sampler.Name == name).Of(4)).Trace;
        Assert.InRange(trace.GlobalSectors * tokensOfSector / (double)vocabulary, passes - 1, passes + 0.3);
        Assert.All(trace.Instructions.Where(instruction => instruction.BankConflicts > 0), instruction => Assert.Contains(".add.", instruction.Instruction.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void VoltaHasAllItTakes()
    {
        var shape = new SamplingShape(Extent.Of(1), 131, Context);
        PtxValidator.Validate(PtxModule.Parse(PtxModuleText.Of([SamplingKernels.Sample(shape), SamplingKernels.Feed(shape)], GpuArchitecture.Volta)));
    }

    [Fact]
    public void MoreTokensThanMassesHaveRoomForAreRefused()
    {
        Assert.Throws<NoKernelException>(() => SamplingKernels.Sample(new SamplingShape(Extent.Of(1), (1 << 19) + 1, 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingKernels.Sample(new SamplingShape(Extent.Of(1), 8, 0)));
    }

    private static void AreAlike(string name, LogitKind kind, int rows, int vocabulary)
    {
        Func<ulong, Sampler> of = Samplers.Single(sampler => sampler.Name == name).Of;
        ulong seed = (ulong)(name.Length + 100 * (int)kind + vocabulary);
        SamplingRun run = LogitKinds.Run(kind, (int)seed, rows, vocabulary, Context);
        Assert.Equal(run.OnHost(of(seed)), run.OnDevice(of(seed)).Tokens);
    }
}
