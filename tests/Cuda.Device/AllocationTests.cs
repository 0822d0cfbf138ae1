using Transformer.Compiled.Cuda.Tests.EndToEnd;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>What a step costs the garbage collector where the driver is a real one: nothing.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void StepsAllocateNothing()
    {
        using DeviceUnderTest device = DeviceUnderTest.Open();
        using var stream = new CudaStream(device.Context);
        using var module = new CudaModule(device.Context, HandWrittenKernels.Text);
        using var memory = new CudaMemory(device.Context, 4096);
        using var control = new CudaControlBlock(memory.Pointer, rows: 0);
        var sums = new CudaKernel(module, "sums", addresses: 2, HandWrittenKernels.For(1));
        stream.Fill(memory.Pointer, 0, 1024);
        using var program = new CudaProgram(stream, control, record => record.Launch(sums, memory.Pointer + 1024, memory.Pointer + 2048));
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            control.Step++;
            program.Run();
            stream.Launch(sums, memory.Pointer + 1024, memory.Pointer + 2048);
            stream.Synchronize();
        }
    }
}
