using Transformer.Compiled.Cuda.Simulation;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaStreamTests
{
    [Fact]
    public void WorkIsDoneInOrderWhenSomebodyWaits()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 64);
        using var pinned = new CudaHostMemory(simulated.Context, 64);
        pinned.Span<int>(0, 1)[0] = 42;
        stream.CopyToDevice(pinned, 0, memory.Pointer, 4);
        stream.CopyOnDevice(memory.Pointer, memory.Pointer + 32, 4);
        stream.CopyToHost(memory.Pointer + 32, pinned, 32, 4);
        Assert.False(stream.IsIdle);
        Assert.Equal(0, pinned.Span<int>(32, 1)[0]);
        stream.Synchronize();
        Assert.True(stream.IsIdle);
        Assert.Equal(42, pinned.Span<int>(32, 1)[0]);
    }

    /// <summary>The simulation is worth something only if it shows what a device may do.</summary>
    [Fact]
    public void PinnedBytesThatAreChangedTooEarlyAreSeenChanged()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 4);
        using var pinned = new CudaHostMemory(simulated.Context, 4);
        pinned.Span<int>(0, 1)[0] = 1;
        stream.CopyToDevice(pinned, 0, memory.Pointer, 4);
        pinned.Span<int>(0, 1)[0] = 2;
        int[] found = new int[1];
        stream.Download<int>(memory.Pointer, found);
        Assert.Equal(2, found[0]);
    }

    [Fact]
    public void AStreamWaitsForTheEventOfAnother()
    {
        using var simulated = new SimulatedDevice();
        using var first = new CudaStream(simulated.Context);
        using var second = new CudaStream(simulated.Context);
        using var mark = new CudaEvent(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 8);
        int[] found = new int[1];
        first.Fill(memory.Pointer, 7, 1);
        second.CopyOnDevice(memory.Pointer, memory.Pointer + 4, 4);
        second.Download<int>(memory.Pointer + 4, found);
        Assert.Equal(-1, found[0]);

        first.Record(mark);
        Assert.False(mark.IsReached);
        second.WaitFor(mark);
        second.CopyOnDevice(memory.Pointer, memory.Pointer + 4, 4);
        second.Download<int>(memory.Pointer + 4, found);
        Assert.Equal(7, found[0]);
        Assert.True(mark.IsReached);
    }

    [Fact]
    public void EventsTellTheTimeBetweenThem()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 8);
        using CudaEvent begin = new(simulated.Context), end = new(simulated.Context);
        Assert.Equal(400, Assert.Throws<CudaException>(() => end.Since(begin)).Code);
        stream.Record(begin);
        for (int i = 0; i < 99; i++) stream.Fill(memory.Pointer, 0, 1);
        stream.Record(end);
        Assert.Equal(600, Assert.Throws<CudaException>(() => end.Since(begin)).Code);
        end.Synchronize();
        Assert.Equal(100, end.Since(begin).TotalMicroseconds, 1.0);
    }

    [Fact]
    public void UploadsAndDownloadsAreThereAtOnce()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 4000);
        using var weights = new NativeBuffer<float>(1000);
        using var back = new NativeBuffer<float>(1000);
        for (int i = 0; i < 1000; i++) weights.Span(0, 1000)[i] = i;
        stream.Upload(weights, 10, 990, memory.Pointer + 40);
        stream.Download(memory.Pointer + 40, back, 500, 500);
        Assert.Equal(weights.Span(10, 500), back.Span(500, 500));

        stream.Upload<int>([1, 2, 3], memory.Pointer);
        int[] found = new int[3];
        stream.Download<int>(memory.Pointer, found);
        Assert.Equal([1, 2, 3], found);
        stream.Upload<int>([], memory.Pointer + 4000);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Upload(weights, 10, 991, memory.Pointer));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Upload(weights, 0, 1000, memory.Pointer + 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Download<int>(memory.Pointer + 3996, found));
    }

    [Fact]
    public void LaunchesAllocateNothing()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 1024);
        using var pinned = new CudaHostMemory(simulated.Context, 1024);
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "two", addresses: 2, Modules.OneWarp);
        long allocated = AllocatedBytes.Of(10, () =>
        {
            stream.CopyToDevice(pinned, 0, memory.Pointer, 512);
            stream.Launch(kernel, memory.Pointer, memory.Pointer + 512);
            stream.Fill(memory.Pointer, 0, 16);
            stream.CopyToHost(memory.Pointer, pinned, 512, 512);
            stream.Synchronize();
        });
        Assert.Equal(0, allocated);
        Assert.Equal(("two", memory.Pointer.Address(0)), simulated.Engine.Launches[^1]);
    }

    [Fact]
    public void LaunchesThatDoNotFitAreRefused()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 1024);
        var module = new CudaModule(simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "two", addresses: 2, Modules.OneWarp);
        Assert.Contains("'two' takes 2 arguments, not 1", Assert.Throws<ArgumentException>(() => stream.Launch(kernel, memory.Pointer)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => stream.Launch(kernel, memory.Pointer, default));
        Assert.StartsWith(
            "Kernel 'two': argument 1 is a word; expected an address.", Assert.Throws<ArgumentException>(() => stream.Launch(kernel, memory.Pointer, 5u)).Message, StringComparison.Ordinal);
        module.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Launch(kernel, memory.Pointer, memory.Pointer));
    }

    [Fact]
    public void ObjectsOfAnotherContextAreRefused()
    {
        using var simulated = new SimulatedDevice();
        using var other = new CudaContext(simulated.Device);
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(other, 4);
        using var pinned = new CudaHostMemory(other, 4);
        using var mark = new CudaEvent(other);
        using var module = new CudaModule(other, Modules.Empty);
        Assert.Throws<ArgumentException>(() => stream.Fill(memory.Pointer, 0, 1));
        Assert.Throws<ArgumentException>(() => stream.CopyToHost(memory.Pointer, pinned, 0, 4));
        Assert.Throws<ArgumentException>(() => stream.Record(mark));
        Assert.Throws<ArgumentException>(() => stream.Launch(new CudaKernel(module, "none", addresses: 0, Modules.OneWarp)));
    }

    [Fact]
    public void AnyThreadMayUseAStream()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var memory = new CudaMemory(simulated.Context, 4);
        int[] found = new int[1];
        var thread = new Thread(() =>
        {
            stream.Fill(memory.Pointer, 5, 1);
            stream.Download<int>(memory.Pointer, found);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(5, found[0]);
    }
}
