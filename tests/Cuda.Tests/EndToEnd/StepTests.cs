namespace Transformer.Compiled.Cuda.Tests.EndToEnd;

/// <summary>Steps that are recorded once and run many times, as sessions and trainers do, on whatever device the project has.</summary>
public sealed class StepTests : IDisposable
{
    private const int Count = 300;
    private const int Bytes = 4 * Count;

    private readonly DeviceUnderTest _device = DeviceUnderTest.Open();
    private readonly CudaStream _stream;
    private readonly CudaModule _module;
    private readonly CudaMemory _memory;
    private readonly CudaHostMemory _pinned;
    private readonly CudaControlBlock _control;
    private readonly CudaKernel _add;
    private readonly CudaKernel _descend;

    public StepTests()
    {
        _stream = new CudaStream(_device.Context);
        _module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        _memory = new CudaMemory(_device.Context, 1024 + 4 * Bytes);
        _pinned = new CudaHostMemory(_device.Context, 2 * Bytes);
        _control = new CudaControlBlock(_memory.Pointer, rows: 2);
        _add = new CudaKernel(_module, "add", addresses: 4, HandWrittenKernels.For(Count));
        _descend = new CudaKernel(_module, "descend", addresses: 3, HandWrittenKernels.For(Count));
    }

    private CudaPointer Weights => _memory.Pointer + 1024;

    private CudaPointer Gradients => Weights + Bytes;

    private CudaPointer Sum => Gradients + Bytes;

    public void Dispose()
    {
        _control.Dispose();
        _pinned.Dispose();
        _memory.Dispose();
        _module.Dispose();
        _stream.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void AStepThatIsRecordedOnceFollowsTheControlBlock()
    {
        float[] weights = KernelTests.Numbers(Count, seed: 1), gradients = KernelTests.Numbers(Count, seed: 2);
        _stream.Upload<float>(weights, Weights);
        _stream.Upload<float>(gradients, Gradients);
        using var step = new CudaProgram(_stream, _control, stream =>
        {
            stream.Launch(_descend, Weights, Gradients, _control.Device);
            stream.Launch(_add, Weights, Gradients, Sum, _control.Device);
            stream.CopyToHost(Sum, _pinned, 0, Bytes);
        });
        for (int number = 1; number <= 6; number++)
        {
            _control.LearningRate = 1f / number;
            _control.Rows = Count - 40 * number;
            step.Run();
            for (int i = 0; i < _control.Rows; i++) weights[i] = MathF.FusedMultiplyAdd(-_control.LearningRate, gradients[i], weights[i]);
        }

        _stream.Synchronize();
        float[] found = new float[Count];
        _stream.Download<float>(Weights, found);
        Assert.Equal(weights, found);
        Assert.Equal(weights[0] + gradients[0], _pinned.Span<float>(0, 1)[0]);
    }

    [Fact]
    public void InputsGoOverWithEachReplay()
    {
        using var graph = new CudaGraph(_stream, stream =>
        {
            stream.CopyToDevice(_pinned, 0, Weights, Bytes);
            stream.Launch(_add, Weights, Weights, Sum, _control.Device);
            stream.CopyToHost(Sum, _pinned, Bytes, Bytes);
        });
        _control.Rows = Count;
        _control.Send(_stream);
        for (int number = 1; number <= 3; number++)
        {
            _pinned.Span<float>(0, Count).Fill(number);
            graph.Replay(_stream);
            _stream.Synchronize();
            Assert.Equal(2f * number, _pinned.Span<float>(Bytes, Count)[Count - 1]);
        }
    }

    [Fact]
    public void AGraphThatIsUpdatedReplaysTheNewWork()
    {
        float[] found = new float[1];
        _control.Rows = Count;
        _control.Send(_stream);
        _stream.Fill(Weights, 0x3F800000, Count);
        _stream.Fill(Gradients, 0x40000000, Count);
        using var graph = new CudaGraph(_stream, stream => stream.Launch(_add, Weights, Weights, Sum, _control.Device));
        graph.Update(_stream, stream => stream.Launch(_add, Weights, Gradients, Sum, _control.Device));
        graph.Replay(_stream);
        _stream.Download<float>(Sum, found);
        Assert.Equal(3f, found[0]);

        graph.Update(_stream, stream =>
        {
            stream.Launch(_add, Gradients, Gradients, Weights, _control.Device);
            stream.Launch(_add, Weights, Gradients, Sum, _control.Device);
        });
        graph.Replay(_stream);
        _stream.Download<float>(Sum, found);
        Assert.Equal(6f, found[0]);
    }

    [Fact]
    public void StreamsThatWaitForEachOtherAgree()
    {
        using var other = new CudaStream(_device.Context);
        using CudaEvent filled = new(_device.Context), summed = new(_device.Context);
        _control.Rows = Count;
        _control.Send(_stream);
        _stream.Fill(Weights, 0x3F800000, Count);
        _stream.Record(filled);
        other.WaitFor(filled);
        other.Launch(_add, Weights, Weights, Gradients, _control.Device);
        other.Record(summed);
        _stream.WaitFor(summed);
        _stream.CopyToHost(Gradients, _pinned, 0, Bytes);
        _stream.Synchronize();
        Assert.Equal(2f, _pinned.Span<float>(0, Count)[Count - 1]);
        Assert.True(summed.Since(filled) >= TimeSpan.Zero);
    }
}
