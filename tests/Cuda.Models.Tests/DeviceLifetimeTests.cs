using Transformer.Compiled;
using Transformer.Compiled.Cuda;
using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>What sessions, encoders and trainers take of a device and give back, also when a call of the driver fails.</summary>
public sealed class DeviceLifetimeTests
{
    private static readonly Dictionary<string, Action<CudaContext>> s_programs = new()
    {
        ["decoder"] = Decode,
        ["encoder–decoder"] = Translate,
        ["encoder"] = Encode,
        ["trainer"] = Train,
    };

    public static TheoryData<string> Programs => [.. s_programs.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void EverythingIsGivenBack(string program)
    {
        using var driver = new SimulatedDriver(new NotingEngine());
        using (var context = new CudaContext(CudaPlatform.Open(driver).Devices[0])) s_programs[program](context);
        Assert.Empty(driver.Complaints);
        Assert.Equal(0, driver.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void ACallThatFailsIsNamedAndNothingIsLost(string program)
    {
        foreach ((string call, int index) in Calls(program))
        {
            using var driver = new SimulatedDriver(new NotingEngine());
            using (var context = new CudaContext(CudaPlatform.Open(driver).Devices[0]))
            {
                driver.Fail(call, CUresult.CUDA_ERROR_INVALID_VALUE, index);
                Exception? thrown = Record.Exception(() => s_programs[program](context));
                string where = $"{call}, call {index + 1}: {thrown}";

                // To one parameter too many the driver says that it does not take the argument, which is no failure.
                if (call == nameof(ICudaDriver.cuFuncGetParamInfo)) Assert.True(thrown is null or ArgumentException, where);
                else Assert.True((thrown as CudaException ?? thrown?.InnerException as CudaException)?.Call == call, where);

                // Without the context nothing can be given back.
                Assert.True(call == nameof(ICudaDriver.cuCtxSetCurrent) || driver.Outstanding <= 1, where);
            }
        }
    }

    [Fact]
    public void SessionsOfAContextShareTheWeights()
    {
        using var driver = new SimulatedDriver(new NotingEngine());
        using var context = new CudaContext(CudaPlatform.Open(driver).Devices[0]);
        using OddModels.FiveHeadsOfSixteen.Weights weights = OddModels.FiveHeadsOfSixteen.Weights.Initialize(1);
        long bytes = (long)weights.Layout.Floats * sizeof(float), free = context.FreeMemory;
        var first = new OddModels.FiveHeadsOfSixteen.CudaSession(weights, context);
        long alone = free - context.FreeMemory;
        var second = new OddModels.FiveHeadsOfSixteen.CudaSession(weights, context);
        Assert.Equal(free - (2 * alone) + bytes, context.FreeMemory);
        first.Dispose();
        Assert.Equal(free - alone, context.FreeMemory);
        second.Dispose();
        Assert.Equal(free, context.FreeMemory);
        new OddModels.FiveHeadsOfSixteen.Trainer(weights, new AdamW()).Dispose();
    }

    [Fact]
    public void WithoutADeviceTheReasonIsSaidAndTheWeightsAreFree()
    {
        if (Transformer.Compiled.Cuda.Cuda.IsAvailable) return;
        using OddModels.FiveHeadsOfSixteen.Weights weights = OddModels.FiveHeadsOfSixteen.Weights.Initialize(1);
        var unavailable = Assert.Throws<CudaUnavailableException>(() => new OddModels.FiveHeadsOfSixteen.CudaSession(weights));
        Assert.Equal(Transformer.Compiled.Cuda.Cuda.UnavailableReason, unavailable.Message);
        Assert.Throws<CudaUnavailableException>(() => new OddModels.FiveHeadsOfSixteen.CudaTrainer(weights, new AdamW()));
        new OddModels.FiveHeadsOfSixteen.Trainer(weights, new AdamW()).Dispose();
    }

    [Fact]
    public void ATrainersWeightsAreReadFromTheDevice()
    {
        using var device = new InterpretedDevice();
        using var context = new CudaContext(device.Device);
        using OddModels.NineHeadsOverThree.Weights weights = OddModels.NineHeadsOverThree.Weights.Initialize(1);
        string name = weights.Names[^1];
        float[] before = OddWeights.Export(weights, name), during, after;
        using (var trainer = new OddModels.NineHeadsOverThree.CudaTrainer(weights, new AdamW { LearningRate = 0.1 }, context: context))
        {
            Step(trainer, 1);
            during = OddWeights.Export(weights, name);
            Assert.Throws<InvalidOperationException>(() => new OddModels.NineHeadsOverThree.CudaSession(weights, context));
            Step(trainer, 2);
        }

        after = OddWeights.Export(weights, name);
        Assert.NotEqual(before, during);
        Assert.NotEqual(during, after);
        using (var session = new OddModels.NineHeadsOverThree.CudaSession(weights, context)) session.Decode(1);
        context.Dispose();
        Assert.Empty(device.Complaints);
    }

    /// <summary>Of what crosses the bus while tokens are drawn: nothing but the tokens, which a replay copies.</summary>
    [Fact]
    public void NoLogitsCrossTheBusWhileTokensAreDrawn()
    {
        using var device = new InterpretedDevice();
        using var context = new CudaContext(device.Device);
        using OddModels.FiveHeadsOfSixteen.Weights weights = OddModels.FiveHeadsOfSixteen.Weights.Initialize(1);
        using var session = new OddModels.FiveHeadsOfSixteen.CudaSession(weights, context);
        var sampler = new Sampler { Temperature = 0.8f, TopP = 0.9f, RepetitionPenalty = 1.1f, Seed = 3 };
        session.Prefill([1, 2, 3]);
        int calls = device.Calls.Count, token = 4;
        for (int i = 0; i < 5; i++) token = session.Next(token, sampler);
        Assert.DoesNotContain(nameof(ICudaDriver.cuMemcpyDtoHAsync_v2), device.Calls.Skip(calls));
        Assert.Equal(10, device.Calls.Skip(calls).Count(call => call == nameof(ICudaDriver.cuGraphLaunch)));
        _ = session.Logits;
        _ = session.Logits;
        Assert.Single(device.Calls.Skip(calls), nameof(ICudaDriver.cuMemcpyDtoHAsync_v2));
    }

    [Fact]
    public void DrawsAreTheCpusOwn()
    {
        using var device = new InterpretedDevice();
        using var context = new CudaContext(device.Device);
        using OddModels.NineHeadsOverThree.Weights weights = OddWeights.Randomized(OddModels.NineHeadsOverThree.Weights.Initialize(1), 2);
        using var host = new OddModels.NineHeadsOverThree.Session(weights);
        using var session = new OddModels.NineHeadsOverThree.CudaSession(weights, context);
        foreach (Func<Sampler> make in (Func<Sampler>[])[
            () => new Sampler { Seed = 5 }, () => Sampler.Greedy,
            () => new Sampler { Seed = 6, Temperature = 1.3f, TopK = 9, TopP = 0.8f, MinP = 0.02f, RepetitionPenalty = 1.2f, RepetitionWindow = 4, NoRepeatNGram = 2 }])
        {
            host.Reset();
            session.Reset();
            Assert.Equal(host.Generate([3, 1, 4, 1, 5], make()), session.Generate([3, 1, 4, 1, 5], make()));
        }
    }

    [Fact]
    public void WhereNothingCanBeDrawnTheSamplerSaysWhy()
    {
        using var device = new InterpretedDevice();
        using var context = new CudaContext(device.Device);
        using OddModels.FiveHeadsOfSixteen.Weights weights = OddModels.FiveHeadsOfSixteen.Weights.Initialize(1);
        foreach (string name in weights.Names) weights.Import(name, [.. Enumerable.Repeat(float.NaN, OddWeights.Export(weights, name).Length)]);
        using var host = new OddModels.FiveHeadsOfSixteen.Session(weights);
        using var session = new OddModels.FiveHeadsOfSixteen.CudaSession(weights, context);
        string expected = Assert.Throws<ArgumentException>(() => host.Next(1, new Sampler())).Message;
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => session.Next(1, new Sampler())).Message);
        Assert.Equal(1, session.Position);
    }

    /// <summary>Each call that a program makes, by its name and how many of that name came before.</summary>
    private static List<(string Call, int Index)> Calls(string program)
    {
        using var driver = new SimulatedDriver(new NotingEngine());
        using var context = new CudaContext(CudaPlatform.Open(driver).Devices[0]);
        driver.ClearCalls();
        s_programs[program](context);

        // Of the many calls of one name, those at the edges, where resources are taken and given back.
        return [.. driver.Calls.GroupBy(call => call).SelectMany(calls =>
        {
            int[] all = [.. Enumerable.Range(0, calls.Count())];
            return (all.Length <= 24 ? all : [.. all[..12], .. all[^12..]]).Select(index => (calls.Key, index));
        })];
    }

    private static void Decode(CudaContext context)
    {
        using BeamModels.ThreeRows.Weights weights = BeamModels.ThreeRows.Weights.Initialize(1);
        using var session = new BeamModels.ThreeRows.CudaSession(weights, context);
        session.Prefill(0, [1, 2, 0, 1, 2, 1, 1]);
        session.Broadcast(0);
        session.Decode([1, 2, 0]);
        _ = session.Logits;
        session.ReorderCache([1, 0, 0]);
    }

    private static void Translate(CudaContext context)
    {
        using PairBeamModels.ThreeRows.Weights weights = PairBeamModels.ThreeRows.Weights.Initialize(1);
        using var session = new PairBeamModels.ThreeRows.CudaSession(weights, context);
        for (int row = 0; row < 3; row++)
        {
            session.Encode(row, [4, 1, 3]);
            session.Prefill(row, [1, 2]);
        }

        session.ReorderCache([2, 2, 0]);
        session.Decode([1, 2, 0]);
        _ = session.LogitsOf(1);
    }

    private static void Encode(CudaContext context)
    {
        using OddEncoders.FiveHeadsOfTwelve.Weights weights = OddEncoders.FiveHeadsOfTwelve.Weights.Initialize(1);
        using var encoder = new OddEncoders.FiveHeadsOfTwelve.CudaEncoder(weights, context);
        encoder.Encode(new int[encoder.Batch * encoder.SequenceLength]);
        _ = encoder.HiddenStates;
    }

    private static void Train(CudaContext context)
    {
        using OddModels.NineHeadsOverThree.Weights weights = OddModels.NineHeadsOverThree.Weights.Initialize(1);
        using var trainer = new OddModels.NineHeadsOverThree.CudaTrainer(weights, new AdamW(), context: context);
        Step(trainer, 1);
        trainer.ExportGradient(weights.Names[0], new float[OddWeights.Export(weights, weights.Names[0]).Length]);
        _ = trainer.LastGradientNorm;
    }

    private static void Step(LanguageModelTrainer trainer, int seed)
    {
        int[] tokens = OddBatches.Tokens(trainer.BatchSize * trainer.SequenceLength, 53, seed);
        trainer.Step(tokens, tokens);
    }
}
