using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>A trainer's one native allocation, divided into 64-byte-aligned regions. All of it starts as zeros.</summary>
internal sealed unsafe class TrainerMemory : IDisposable
{
    private const int AlignmentFloats = 16;

    private readonly NativeBuffer<float> _buffer;

    public TrainerMemory(in TrainerShape shape, nint trainedFloats, int stateTensors)
    {
        Rows = checked(shape.BatchSize * shape.SequenceLength);
        StateStride = Aligned(trainedFloats);

        nint size = 0;
        nint gradients = Reserve(ref size, trainedFloats);
        nint state = Reserve(ref size, checked(StateStride * stateTensors));
        nint activations = Reserve(ref size, shape.ActivationFloats);
        nint tables = Reserve(ref size, shape.TableFloats);
        nint tokens = Reserve(ref size, Rows);
        nint targets = Reserve(ref size, Rows);
        nint positions = Reserve(ref size, Rows);

        _buffer = new NativeBuffer<float>(size);
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

    private static nint Aligned(nint floats) => checked(floats + (AlignmentFloats - 1)) & ~(AlignmentFloats - 1);

    private static nint Reserve(ref nint size, nint floats)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(floats);
        nint offset = size;
        size = checked(size + Aligned(floats));
        return offset;
    }

    private static Pointer<int> Integers(Pointer<float> floats) => new((int*)floats.Value);
}
