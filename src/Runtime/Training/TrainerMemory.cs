using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>
/// A trainer's native memory, divided into 64-byte-aligned regions. All of it starts as zeros, but for some inputs. One allocation is all, unless an update
/// has further micro-batches whose activations cannot lie among the gradients.
/// </summary>
internal sealed unsafe class TrainerMemory : IDisposable
{
    private readonly NativeBuffer<float> _buffer;
    private readonly TrainerShape _shape;
    private readonly Pointer<float> _activations;
    private NativeBuffer<float>? _further;

    public TrainerMemory(in TrainerShape shape, nint trainedFloats, int stateTensors)
    {
        _shape = shape;
        StateStride = MemoryPlan.Aligned(trainedFloats);
        Inputs = new BatchLayout(shape);

        var plan = new MemoryPlan();
        nint state = plan.Take(checked(StateStride * stateTensors));
        nint gradients = plan.Take(shape.ActivationsAmongGradients ? nint.Max(trainedFloats, shape.ActivationFloats) : trainedFloats);
        nint activations = shape.ActivationsAmongGradients ? gradients : plan.Take(shape.ActivationFloats);
        nint tables = plan.Take(shape.TableFloats);
        nint positions = plan.Take(shape.Rows);
        nint sourcePositions = plan.Take(shape.SourceRows);
        nint current = plan.Take(Inputs.Length);
        nint next = plan.Take(Inputs.Length);

        _buffer = new NativeBuffer<float>(plan.Length);
        Pointer<float> start = _buffer.Pointer;
        State = start + state;
        Gradients = start + gradients;
        _activations = start + activations;
        Tables = start + tables;
        Positions = Integers(start + positions);
        SourcePositions = Integers(start + sourcePositions);
        StepInputs = start + positions;
        StepInputCount = next - positions;
        CurrentOffset = current - positions;
        SourcePositionsOffset = sourcePositions - positions;
        Current = new TrainingBatch(_buffer, current, shape, Inputs);
        Next = new TrainingBatch(_buffer, next, shape, Inputs);
        TokenPositions.Number(new Span<int>(Positions.Value, shape.Rows), shape.SequenceLength);
        TokenPositions.Number(new Span<int>(SourcePositions.Value, shape.SourceRows), shape.SourceLength);
    }

    public Pointer<float> Gradients { get; }

    /// <summary>The optimizer's state tensors, <see cref="StateStride"/> floats apart.</summary>
    public Pointer<float> State { get; }

    public nint StateStride { get; }

    public Pointer<float> Tables { get; }

    public Pointer<int> Positions { get; }

    public Pointer<int> SourcePositions { get; }

    /// <summary>What a step reads, in one piece: positions, positions of sources, and the current batch.</summary>
    public Pointer<float> StepInputs { get; }

    /// <summary>Elements of <see cref="StepInputs"/>.</summary>
    public nint StepInputCount { get; }

    /// <summary>Where <see cref="SourcePositions"/> begins in <see cref="StepInputs"/>.</summary>
    public nint SourcePositionsOffset { get; }

    /// <summary>Where <see cref="Current"/> begins in <see cref="StepInputs"/>.</summary>
    public nint CurrentOffset { get; }

    public BatchLayout Inputs { get; }

    /// <summary>The batch that the caller fills.</summary>
    public TrainingBatch Next { get; }

    /// <summary>The batch that the passes read.</summary>
    public TrainingBatch Current { get; }

    /// <summary>Where the passes on a micro-batch of an update leave their activations.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for those of further micro-batches.</exception>
    public Pointer<float> Activations(int microBatch)
    {
        if (microBatch == 0 || !_shape.ActivationsAmongGradients) return _activations;
        _further ??= new NativeBuffer<float>(_shape.ActivationFloats);
        return _further.Pointer;
    }

    /// <summary>Brings the batch that the caller has filled to where the passes read it.</summary>
    public void Take()
    {
        Current.CopyFrom(Next);
        if (_shape.PairMask == PairMask.Boolean) InputChecks.HideWhereZero(Current.Floats(Inputs.PairMask));
        if (_shape.PositionPadding < 0) return;
        var positions = new Span<int>(Positions.Value, _shape.Rows);
        TokenPositions.NumberUnpadded(Current.Tokens, _shape.SequenceLength, _shape.PositionPadding, positions);
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _further?.Dispose();
    }

    private static Pointer<int> Integers(Pointer<float> floats) => new((int*)floats.Value);
}
