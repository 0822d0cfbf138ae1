using Transformer.Compiled;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>What tokens, passes and steps of a model cost the garbage collector where the driver is a real one: nothing.</summary>
public sealed class ModelAllocationTests
{
    private const int Times = 3;

    [Fact]
    public void TokensAllocateNothing()
    {
        using FixtureModels.LlamaTiny.Weights weights = FixtureModels.LlamaTiny.Weights.Initialize(1);
        using var session = new FixtureModels.LlamaTiny.CudaSession(weights, DeviceUnderTest.Context);
        RequireNoAllocations(() => session.Prefill([1, 2, 3]), () => session.Decode(5), () => session.Decode(7), () => _ = session.Logits[0]);
    }

    [Fact]
    public void DrawnTokensAllocateNothing()
    {
        using FixtureModels.Gpt2Tiny.Weights weights = FixtureModels.Gpt2Tiny.Weights.Initialize(1);
        using var session = new FixtureModels.Gpt2Tiny.CudaSession(weights, DeviceUnderTest.Context);
        var sampler = new Sampler { Temperature = 0.8f, TopK = 5, RepetitionPenalty = 1.1f, Seed = 3 };
        int token = 1;
        RequireNoAllocations(() => token = session.Next(token, Sampler.Greedy), () => token = session.Next(token, sampler));
    }

    [Fact]
    public void PassesOfAnEncoderAllocateNothing()
    {
        using EncoderFixtures.BertClassifier.Weights weights = EncoderFixtures.BertClassifier.Weights.Initialize(1);
        using var encoder = new EncoderFixtures.BertClassifier.CudaEncoder(weights, DeviceUnderTest.Context);
        int[] tokens = new int[2 * 16];
        tokens.AsSpan().Fill(3);
        RequireNoAllocations(() => encoder.Encode(tokens), () => _ = encoder.Logits[0]);
    }

    [Fact]
    public void SourcesAndTheirTokensAllocateNothing()
    {
        using EncoderFixtures.T5.Weights weights = EncoderFixtures.T5.Weights.Initialize(1);
        using var session = new EncoderFixtures.T5.CudaSession(weights, DeviceUnderTest.Context);
        RequireNoAllocations(() => session.Encode([1, 2, 3]), () => session.Decode(0), () => session.Decode(5), () => _ = session.Logits[0]);
    }

    [Fact]
    public void StepsOfTrainingAllocateNothing()
    {
        using FixtureModels.Gpt2Tiny.Weights weights = FixtureModels.Gpt2Tiny.Weights.Initialize(1);
        using var trainer = new FixtureModels.Gpt2Tiny.CudaTrainer(weights, new AdamW { ClipNorm = 1 }, context: DeviceUnderTest.Context);
        int[] tokens = new int[2 * 16], targets = new int[2 * 16];
        tokens.AsSpan().Fill(3);
        targets.AsSpan().Fill(4);
        RequireNoAllocations(() => trainer.Step(tokens, targets), () => _ = trainer.LastGradientNorm);
    }

    /// <summary>Once to warm up, then counted one by one, so that a failure says which of them allocates.</summary>
    private static void RequireNoAllocations(params Action[] actions)
    {
        long[] bytes = new long[actions.Length];
        for (int time = 0; time <= Times; time++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                actions[i]();
                if (time > 0) bytes[i] += GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        Assert.Equal(new long[actions.Length], bytes);
    }
}
