using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaMemoryTests
{
    [Fact]
    public void TooMuchIsRefusedWithWhatThereIs()
    {
        using var simulated = new SimulatedDevice(new SimulatedDriverOptions { MemoryBytes = 10_000 });
        using var memory = new CudaMemory(simulated.Context, 4_000);
        Assert.Equal(6_000, simulated.Context.FreeMemory);
        var thrown = Assert.Throws<CudaException>(() => new CudaMemory(simulated.Context, 6_001));
        Assert.Equal(2, thrown.Code);
        Assert.Contains("Asked for 6001 bytes; 6000 of the 10000 bytes of Simulated A100 are free.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PinnedMemoryThatTheSystemHasNotIsRefused()
    {
        using var simulated = new SimulatedDevice();
        simulated.Driver.Fail(nameof(ICudaDriver.cuMemHostAlloc), CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        Assert.Contains("Asked for 64 bytes of pinned memory", Assert.Throws<CudaException>(() => new CudaHostMemory(simulated.Context, 64)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PinnedMemoryIsZeroAtFirst()
    {
        using var simulated = new SimulatedDevice();
        using var pinned = new CudaHostMemory(simulated.Context, 1000);
        Assert.Equal(-1, pinned.Span<byte>(0, 1000).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void PlacesStayInside()
    {
        using var simulated = new SimulatedDevice();
        using var memory = new CudaMemory(simulated.Context, 100);
        using var pinned = new CudaHostMemory(simulated.Context, 100);
        using var stream = new CudaStream(simulated.Context);
        Assert.Equal(100, (memory.Pointer + 60 + 40).Offset);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Pointer + 101);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Pointer + -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Fill(memory.Pointer + 4, 0, 25));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Fill(memory.Pointer, 0, -1));
        Assert.Throws<ArgumentException>(() => stream.Fill(memory.Pointer + 2, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyToDevice(pinned, 50, memory.Pointer, 51));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyToDevice(pinned, -1, memory.Pointer, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyToHost(memory.Pointer + 50, pinned, 0, 51));
        Assert.Throws<ArgumentException>(() => stream.CopyOnDevice(memory.Pointer, memory.Pointer + 49, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => pinned.Span<int>(0, 26).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pinned.Span<int>(2, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaMemory(simulated.Context, 0));
        Assert.Throws<InvalidOperationException>(() => default(CudaPointer).Memory);
        stream.CopyOnDevice(memory.Pointer, memory.Pointer + 50, 50);
        stream.Synchronize();
    }

    [Fact]
    public void WhatWasDisposedOfSaysSo()
    {
        using var simulated = new SimulatedDevice();
        var memory = new CudaMemory(simulated.Context, 100);
        var pinned = new CudaHostMemory(simulated.Context, 100);
        using var stream = new CudaStream(simulated.Context);
        CudaPointer pointer = memory.Pointer;
        memory.Dispose();
        memory.Dispose();
        Assert.True(memory.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(pointer, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => stream.CopyToDevice(pinned, 0, pointer, 1));
        pinned.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pinned.Span<byte>(0, 1).Length);
        Assert.Equal(0, simulated.Driver.DeviceBytes);
    }

    [Fact]
    public void MemoryIsGivenBackOnlyWhenTheDeviceIsDoneWithIt()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        var memory = new CudaMemory(simulated.Context, 100);
        var pinned = new CudaHostMemory(simulated.Context, 100);
        stream.CopyToDevice(pinned, 0, memory.Pointer, 100);
        pinned.Dispose();
        stream.Fill(memory.Pointer, 0, 25);
        memory.Dispose();
    }
}
