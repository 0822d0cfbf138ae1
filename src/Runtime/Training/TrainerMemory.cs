using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>A trainer's one native allocation, divided into 64-byte-aligned regions. All of it starts as zeros.</summary>
internal sealed unsafe class TrainerMemory : IDisposable
{
    private readonly NativeBuffer<float> _buffer;

    public TrainerMemory(in TrainerShape shape, nint trainedFloats, int stateTensors)
    {
        Rows = checked(shape.BatchSize * shape.SequenceLength);
        StateStride = MemoryPlan.Aligned(trainedFloats);

        var plan = new MemoryPlan();
        nint gradients = plan.Take(trainedFloats);
        nint state = plan.Take(checked(StateStride * stateTensors));
        nint activations = plan.Take(shape.ActivationFloats);
        nint tables = plan.Take(shape.TableFloats);
        nint tokens = plan.Take(Rows);
        nint targets = plan.Take(Rows);
        nint positions = plan.Take(Rows);

        _buffer = new NativeBuffer<float>(plan.Length);
        Pointer<float> start = _buffer.Pointer;
        Gradients = start + gradients;
        State = start + state;
        Activations = start + activations;
        Tables = start + tables;
        Tokens = Integers(start + tokens);
        Targets = Integers(start + targets);
        Positions = Integers(start + positions);
        for (int row = 0; row < Rows; row++) Positions.Value[row] = row % shape.SequenceLength;
    }

    /// <summary>Tokens of a micro-batch: BatchSize · SequenceLength.</summary>
    public int Rows { get; }

    public Pointer<float> Gradients { get; }

    /// <summary>The optimizer's state tensors, <see cref="StateStride"/> floats apart.</summary>
    public Pointer<float> State { get; }

    public nint StateStride { get; }

    public Pointer<float> Activations { get; }

    public Pointer<float> Tables { get; }

    public Pointer<int> Tokens { get; }

    public Pointer<int> Targets { get; }

    public Pointer<int> Positions { get; }

    public void SetBatch(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        inputs.CopyTo(new Span<int>(Tokens.Value, Rows));
        targets.CopyTo(new Span<int>(Targets.Value, Rows));
    }

    public void Dispose() => _buffer.Dispose();

    private static Pointer<int> Integers(Pointer<float> floats) => new((int*)floats.Value);
}
