using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class DisposalTests
{
    [Fact]
    public void AnyOrderWorks()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 500; trial++)
        {
            using var simulated = new SimulatedDevice();
            IDisposable[] objects = [.. Objects(simulated.Context), simulated.Context];
            random.Shuffle(objects);
            foreach (IDisposable disposable in objects) disposable.Dispose();
            foreach (IDisposable disposable in objects) disposable.Dispose();
        }
    }

    [Fact]
    public void AfterItsContextAnObjectOnlyGoes()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 16);
        simulated.Context.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(memory.Pointer, 0, 1));
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        Assert.Throws<ObjectDisposedException>(() => new CudaMemory(simulated.Context, 16));
        Assert.Throws<ObjectDisposedException>(() => simulated.Context.FreeMemory);
    }

    [Fact]
    public void EveryObjectSaysThatItIsGone()
    {
        using var simulated = new SimulatedDevice();
        using var live = new CudaStream(simulated.Context);
        var stream = new CudaStream(simulated.Context);
        var mark = new CudaEvent(simulated.Context);
        var module = new CudaModule(simulated.Context, Modules.Empty);
        var graph = new CudaGraph(stream, _ => { });
        graph.Dispose();
        module.Dispose();
        mark.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => graph.Replay(live));
        Assert.Throws<ObjectDisposedException>(() => graph.Update(live, _ => { }));
        Assert.Throws<ObjectDisposedException>(() => new CudaKernel(module, "none", addresses: 0, Modules.OneWarp));
        Assert.Throws<ObjectDisposedException>(mark.Synchronize);
        Assert.Throws<ObjectDisposedException>(() => live.Record(mark));
        Assert.Throws<ObjectDisposedException>(() => stream.Synchronize());
        Assert.Throws<ObjectDisposedException>(() => new CudaGraph(stream, _ => { }));
    }

    [Fact]
    public void AFailureOnTheDeviceIsThrownOnceAndEverythingStillGoes()
    {
        using var simulated = new SimulatedDevice();
        IDisposable[] objects = Objects(simulated.Context);
        simulated.Driver.Fail(nameof(ICudaDriver.cuCtxSynchronize), CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        CudaException[] thrown = [.. objects.Select(disposable => Record.Exception(disposable.Dispose)).OfType<CudaException>()];
        Assert.Equal(700, Assert.Single(thrown).Code);
        Assert.Contains("every later call fails too", thrown[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AKernelThatFailsIsReportedByTheNextWait()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 16);
        var module = new CudaModule(simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "none", addresses: 0, Modules.OneWarp);
        simulated.Driver.FailLaunches = new InvalidOperationException("thread (3, 0, 0) reads beyond the end");
        stream.Launch(kernel);
        var thrown = Assert.Throws<CudaException>(stream.Synchronize);
        Assert.Equal("CUDA_ERROR_LAUNCH_FAILED", thrown.CodeName);
        Assert.Contains("thread (3, 0, 0) reads beyond the end", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<CudaException>(() => stream.Launch(kernel));
        module.Dispose();
    }

    [Fact]
    public void WhenTheProcessEndsNothingIsThrown()
    {
        using var simulated = new SimulatedDevice();
        var memory = new CudaMemory(simulated.Context, 16);
        simulated.Driver.Fail(nameof(ICudaDriver.cuMemFree_v2), CUresult.CUDA_ERROR_DEINITIALIZED);
        memory.Dispose();
    }

    private static IDisposable[] Objects(CudaContext context)
    {
        var stream = new CudaStream(context);
        var memory = new CudaMemory(context, 1024);
        var pinned = new CudaHostMemory(context, 64);
        var module = new CudaModule(context, Modules.Empty);
        var kernel = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp);
        var graph = new CudaGraph(stream, record => record.Launch(kernel, memory.Pointer));
        var control = new CudaControlBlock(memory.Pointer, rows: 1);
        var mark = new CudaEvent(context);
        control.Send(stream);
        graph.Replay(stream);
        stream.CopyToHost(memory.Pointer, pinned, 0, 64);
        stream.Record(mark);
        return [stream, memory, pinned, module, graph, control, mark];
    }
}
