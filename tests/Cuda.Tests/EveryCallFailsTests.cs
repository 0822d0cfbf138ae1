using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>A program that makes every call of the driver, run again for each of them with that one failing.</summary>
public sealed class EveryCallFailsTests
{
    private static readonly SimulatedDriverOptions Newest = new();

    private static readonly SimulatedDriverOptions Oldest = new()
    {
        Version = 11000,
        MissingEntryPoints = EntryPoints.Optional.ToHashSet(),
    };

    [Fact]
    public void TheProgramMakesEveryCall()
    {
        string[] silent = [nameof(ICudaDriver.cuGetErrorName), nameof(ICudaDriver.cuGetErrorString), nameof(ICudaDriver.cuGraphInstantiate_v2)];
        Assert.Empty(EntryPoints.Required.Concat(EntryPoints.Optional).Except(CallsOf(Newest)).Except(silent));
        Assert.Contains(nameof(ICudaDriver.cuGraphInstantiate_v2), CallsOf(Oldest));
        Assert.Empty(CallsOf(Oldest).Intersect(EntryPoints.Optional));
    }

    [Fact]
    public void OfTheNewestDriver() => FailEach(Newest);

    [Fact]
    public void OfTheOldestDriver() => FailEach(Oldest);

    private static string[] CallsOf(SimulatedDriverOptions options)
    {
        using var driver = new SimulatedDriver(new NotingEngine(), options);
        Run(driver);
        Assert.Empty(driver.Complaints);
        Assert.Equal(0, driver.Outstanding);
        return [.. driver.Calls];
    }

    private static void FailEach(SimulatedDriverOptions options)
    {
        var seen = new Dictionary<string, int>();
        foreach (string call in CallsOf(options))
        {
            int before = seen.GetValueOrDefault(call);
            seen[call] = before + 1;
            FailOne(options, call, before);
        }
    }

    private static void FailOne(SimulatedDriverOptions options, string call, int before)
    {
        using var driver = new SimulatedDriver(new NotingEngine(), options);
        driver.Fail(call, CUresult.CUDA_ERROR_INVALID_VALUE, before);
        Exception? thrown = Record.Exception(() => Run(driver));
        string where = $"{call}, call {before + 1}: {thrown}";

        // That an argument is not taken is what the driver says to one parameter too many, and what it says after the capture has failed.
        if (call == nameof(ICudaDriver.cuFuncGetParamInfo)) Assert.True(thrown is null or ArgumentException, where);
        else Assert.True((thrown as CudaException ?? thrown?.InnerException as CudaException)?.Call == call, where);
        Assert.True(call == nameof(ICudaDriver.cuCtxSetCurrent) || driver.Outstanding == 0, where);
        Assert.True(driver.Complaints.All(complaint => complaint.StartsWith("the primary context goes with", StringComparison.Ordinal)), where);
        Assert.True(call == nameof(ICudaDriver.cuCtxSetCurrent) || driver.Complaints.Count == 0, where);
    }

    private static void Run(SimulatedDriver driver)
    {
        CudaDevice device = CudaPlatform.Open(driver).Devices[0];
        using var context = new CudaContext(device);
        using var stream = new CudaStream(context);
        using var other = new CudaStream(context);
        using var begin = new CudaEvent(context);
        using var end = new CudaEvent(context);
        using var memory = new CudaMemory(context, 4096);
        using var pinned = new CudaHostMemory(context, 1024);
        using var module = new CudaModule(context, Modules.Empty);
        var small = new CudaKernel(module, "two", addresses: 2, Modules.OneWarp);
        var large = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp with { DynamicSharedBytes = 100_000 });
        Assert.True(context.FreeMemory < device.Memory);

        stream.Record(begin);
        stream.CopyToDevice(pinned, 0, memory.Pointer, 512);
        stream.Launch(small, memory.Pointer, memory.Pointer + 512);
        stream.CopyOnDevice(memory.Pointer, memory.Pointer + 1024, 256);
        stream.CopyToHost(memory.Pointer + 1024, pinned, 512, 256);
        stream.Record(end);
        other.WaitFor(end);
        other.Fill(memory.Pointer, 1, 64);
        while (!stream.IsIdle || !end.IsReached) Thread.Yield();
        end.Synchronize();
        Assert.True(end.Since(begin) > TimeSpan.Zero);

        using var graph = new CudaGraph(stream, record => record.Launch(large, memory.Pointer));
        graph.Replay(stream);
        stream.Synchronize();
        graph.Update(stream, record => record.Launch(large, memory.Pointer + 256));
        graph.Update(stream, record => record.Fill(memory.Pointer, 0, 64));
        graph.Replay(stream);
        context.Synchronize();
    }
}
