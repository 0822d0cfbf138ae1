using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaGraphTests : IDisposable
{
    private readonly SimulatedDevice _simulated = new();
    private readonly CudaStream _stream;
    private readonly CudaMemory _memory;
    private readonly CudaModule _module;
    private readonly CudaKernel _one;
    private readonly CudaKernel _two;

    public CudaGraphTests()
    {
        _stream = new CudaStream(_simulated.Context);
        _memory = new CudaMemory(_simulated.Context, 1024);
        _module = new CudaModule(_simulated.Context, Modules.Empty);
        _one = new CudaKernel(_module, "one", addresses: 1, Modules.OneWarp);
        _two = new CudaKernel(_module, "two", addresses: 2, Modules.OneWarp);
    }

    private SimulatedDriver Driver => _simulated.Driver;

    public void Dispose()
    {
        _module.Dispose();
        _memory.Dispose();
        _stream.Dispose();
        _simulated.Dispose();
    }

    [Fact]
    public void WhatIsRecordedIsDoneAtEachReplayAndNotBefore()
    {
        using CudaGraph graph = Graph(stream =>
        {
            stream.Launch(_one, _memory.Pointer + 256);
            stream.Launch(_two, _memory.Pointer, _memory.Pointer);
        });
        _stream.Synchronize();
        Assert.Empty(_simulated.Engine.Launches);
        Driver.ClearCalls();
        graph.Replay(_stream);
        _stream.Launch(_one, _memory.Pointer);
        graph.Replay(_stream);
        Assert.Equal(["cuGraphLaunch", "cuLaunchKernel", "cuGraphLaunch"], Driver.Calls.Where(call => call != nameof(ICudaDriver.cuCtxSetCurrent)));
        Assert.Empty(_simulated.Engine.Launches);
        _stream.Synchronize();
        Assert.Equal(["one", "two", "one", "one", "two"], _simulated.Engine.Launches.Select(launch => launch.Kernel));
        Assert.Equal((_memory.Pointer + 256).Address(0), _simulated.Engine.Launches[0].FirstArgument);
    }

    [Fact]
    public void ReplaysAllocateNothing()
    {
        using CudaGraph graph = Graph(stream => stream.Launch(_one, _memory.Pointer));
        long allocated = AllocatedBytes.Of(10, () =>
        {
            graph.Replay(_stream);
            _stream.Synchronize();
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void CopiesWithPinnedMemoryAreRecordedToo()
    {
        using var pinned = new CudaHostMemory(_simulated.Context, 8);
        using CudaGraph graph = Graph(stream =>
        {
            stream.CopyToDevice(pinned, 0, _memory.Pointer, 4);
            stream.CopyToHost(_memory.Pointer, pinned, 4, 4);
        });
        foreach (int value in (int[])[3, 4])
        {
            pinned.Span<int>(0, 1)[0] = value;
            graph.Replay(_stream);
            _stream.Synchronize();
            Assert.Equal(value, pinned.Span<int>(4, 1)[0]);
        }
    }

    [Theory]
    [InlineData("synchronize")]
    [InlineData("wait")]
    [InlineData("allocate")]
    [InlineData("free")]
    [InlineData("upload")]
    [InlineData("download")]
    [InlineData("query")]
    [InlineData("event")]
    [InlineData("other stream")]
    [InlineData("record")]
    [InlineData("load")]
    public void WhatWouldSpoilARecordingThrowsAndLeavesEverythingUsable(string act)
    {
        using var other = new CudaStream(_simulated.Context);
        using var mark = new CudaEvent(_simulated.Context);
        Action<CudaStream> spoil = act switch
        {
            "synchronize" => stream => stream.Synchronize(),
            "wait" => _ => _simulated.Context.Synchronize(),
            "allocate" => _ => new CudaMemory(_simulated.Context, 16).Dispose(),
            "free" => _ => _memory.Dispose(),
            "upload" => stream => stream.Upload<int>([1], _memory.Pointer),
            "download" => stream => stream.Download<int>(_memory.Pointer, new int[1]),
            "query" => stream => Assert.True(stream.IsIdle),
            "event" => stream => stream.Record(mark),
            "other stream" => _ => other.Fill(_memory.Pointer, 0, 1),
            "record" => stream => new CudaGraph(stream, _ => { }).Dispose(),
            "load" => _ => new CudaModule(_simulated.Context, Modules.Empty).Dispose(),
            _ => throw new ArgumentException(act),
        };
        Assert.Throws<InvalidOperationException>(() => Graph(stream =>
        {
            stream.Launch(_one, _memory.Pointer);
            spoil(stream);
        }));
        using CudaGraph graph = Graph(stream => stream.Launch(_one, _memory.Pointer));
        graph.Replay(_stream);
        _stream.Synchronize();
        Assert.Single(_simulated.Engine.Launches);
    }

    [Fact]
    public void ARecordingThatThrowsIsGivenBack()
    {
        Assert.Throws<TimeoutException>(() => Graph(stream =>
        {
            stream.Launch(_one, _memory.Pointer);
            throw new TimeoutException();
        }));
        _stream.Synchronize();
        Assert.Empty(_simulated.Engine.Launches);
    }

    [Fact]
    public void ACaptureThatTheDriverGaveUpIsAnException()
    {
        Driver.Fail(nameof(ICudaDriver.cuStreamEndCapture), CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        var thrown = Assert.Throws<CudaException>(() => Graph(stream => stream.Launch(_one, _memory.Pointer)));
        Assert.Equal(901, thrown.Code);
        Assert.Contains("While a stream is recorded, only launches", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherThreadMayAllocateAndFreeMeanwhile()
    {
        using CudaGraph graph = Graph(stream =>
        {
            var thread = new Thread(() => new CudaMemory(_simulated.Context, 16).Dispose());
            thread.Start();
            thread.Join();
            stream.Launch(_one, _memory.Pointer);
        });
    }

    [Fact]
    public void AReplayWithoutItsMemoryIsRefused()
    {
        using var pinned = new CudaHostMemory(_simulated.Context, 4);
        var memory = new CudaMemory(_simulated.Context, 16);
        var module = new CudaModule(_simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp);
        using CudaGraph first = Graph(stream => stream.Launch(_one, memory.Pointer));
        using CudaGraph second = Graph(stream => stream.Launch(kernel, _memory.Pointer));
        using CudaGraph third = Graph(stream => stream.CopyToDevice(pinned, 0, _memory.Pointer, 4));
        memory.Dispose();
        module.Dispose();
        pinned.Dispose();
        Assert.All([first, second, third], graph => Assert.Throws<ObjectDisposedException>(() => graph.Replay(_stream)));
        Assert.Equal(nameof(CudaMemory), Assert.Throws<ObjectDisposedException>(() => first.Replay(_stream)).ObjectName.Split('.')[^1]);
    }

    [Fact]
    public void WorkOfTheSameFormIsUpdatedInPlace()
    {
        using CudaGraph graph = Graph(stream => stream.Launch(_one, _memory.Pointer));
        Driver.ClearCalls();
        graph.Update(_stream, stream => stream.Launch(_one, _memory.Pointer + 64));
        Assert.Contains(nameof(ICudaDriver.cuGraphExecUpdate_v2), Driver.Calls);
        Assert.DoesNotContain(nameof(ICudaDriver.cuGraphInstantiateWithFlags), Driver.Calls);
        graph.Replay(_stream);
        _stream.Synchronize();
        Assert.Equal((_memory.Pointer + 64).Address(0), Assert.Single(_simulated.Engine.Launches).FirstArgument);
    }

    [Fact]
    public void WorkOfAnotherFormIsInstantiatedAnew()
    {
        using CudaGraph graph = Graph(stream => stream.Launch(_one, _memory.Pointer));
        graph.Update(_stream, stream =>
        {
            stream.Launch(_two, _memory.Pointer, _memory.Pointer);
            stream.Launch(_one, _memory.Pointer);
        });
        graph.Replay(_stream);
        _stream.Synchronize();
        Assert.Equal(["two", "one"], _simulated.Engine.Launches.Select(launch => launch.Kernel));
    }

    [Fact]
    public void AnUpdateThatFailsLeavesTheGraphAsItWas()
    {
        using CudaGraph graph = Graph(stream => stream.Launch(_one, _memory.Pointer));
        Assert.Throws<TimeoutException>(() => graph.Update(_stream, _ => throw new TimeoutException()));
        Driver.Fail(nameof(ICudaDriver.cuGraphExecUpdate_v2), CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        Assert.Throws<CudaException>(() => graph.Update(_stream, stream => stream.Launch(_two, _memory.Pointer, _memory.Pointer)));
        graph.Replay(_stream);
        _stream.Synchronize();
        Assert.Equal("one", Assert.Single(_simulated.Engine.Launches).Kernel);
    }

    private CudaGraph Graph(Action<CudaStream> record) => new(_stream, record);
}
