using System.ComponentModel;
using System.Numerics.Tensors;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>
/// What every generated trainer shares: memory, the order of calls, accumulation, the update and checkpoints. The generated class adds
/// the passes. It takes its weights exclusively until it is disposed: no session may hold them at the same time.
/// </summary>
/// <remarks>
/// As in PyTorch, a loss or gradient that is not finite is not stopped: the update applies it, and the parameters become NaN. The
/// loss that <see cref="Forward"/> returns and <see cref="LastGradientNorm"/> tell; a caller that wants to skip such an
/// update looks at the loss before <see cref="Backward"/>.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ModelTrainer : ITrainer
{
    private readonly ModelWeights _weights;
    private readonly Optimizer _optimizer;
    private readonly TrainerMemory _memory;
    private readonly ParameterRun[] _runs;
    private readonly ComputeTeam? _team;
    private readonly ParameterPadding _padding;
    private readonly uint _rank;

    private TrainerProgress _progress;
    private double _gradientNorm;
    private int _exportedMicroBatches;
    private bool _awaitsBackward;
    private bool _disposed;

    /// <summary>Takes the weights, allocates everything, and calls <see cref="FillTables"/>, the only member called this early.</summary>
    /// <exception cref="InvalidOperationException">A session or another trainer holds the weights.</exception>
    protected ModelTrainer(ModelWeights weights, Optimizer optimizer, TrainerShape shape, TrainerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(optimizer);
        options ??= new TrainerOptions();
        _weights = weights;
        _optimizer = optimizer;
        Shape = shape;
        _rank = options.Rank;
        _progress.Seed = options.Seed;
        _runs = ParameterRun.Of(weights.Layout);
        _team = options.Team;
        _padding = new ParameterPadding(weights.Layout);

        weights.AcquireExclusive();
        try
        {
            _memory = new TrainerMemory(shape, weights.Layout.TrainedFloats, optimizer.StateNames.Count);
            FillTables();
        }
        catch
        {
            _memory?.Dispose();
            weights.ReleaseExclusive();
            throw;
        }
    }

    /// <inheritdoc/>
    public int BatchSize => Shape.BatchSize;

    /// <inheritdoc/>
    public TrainingBatch Batch => _memory.Next;

    /// <inheritdoc/>
    public long StepCount => _progress.Step;

    /// <inheritdoc/>
    public double LearningRate => _optimizer.LearningRate.At(_progress.Step);

    /// <inheritdoc/>
    public double LastGradientNorm => ReadGradientNorm();

    /// <summary>
    /// Where the caller stands in its data: saved in checkpoints and restored from them, and otherwise not used. A caller whose batches
    /// depend on the step alone, as <see cref="RandomWindows"/>' do, does not need it.
    /// </summary>
    public long DataPosition
    {
        get => _progress.DataPosition;
        set => _progress.DataPosition = value;
    }

    /// <inheritdoc/>
    public ValidationProgress? ValidationProgress
    {
        get => _progress.Validation;
        set => _progress.Validation = value;
    }

    /// <summary>The sizes that the trainer was made with.</summary>
    private protected TrainerShape Shape { get; }

    /// <summary>What is trained, held exclusively.</summary>
    private protected ModelWeights HeldWeights => _weights;

    /// <summary>Gradients, optimizer state and inputs on the host.</summary>
    private protected TrainerMemory Memory => _memory;

    /// <summary>The rule and its state tensors.</summary>
    private protected Optimizer Rule => _optimizer;

    /// <summary>Whether gradients are added to those of earlier micro-batches.</summary>
    private protected bool Accumulates => _progress.MicroBatch > 0;

    private TrainingBatch Current => _memory.Current;

    private BatchLayout Inputs => _memory.Inputs;

    /// <summary>The threads that kernels run on.</summary>
    protected ComputeTeam Team => _team ?? ComputeTeam.Shared;

    /// <summary>The parameters, as the model's layout places them.</summary>
    protected Pointer<float> Weights => _weights.Storage;

    /// <summary>Laid out as the trained part of <see cref="Weights"/>: padding is zero and stays zero.</summary>
    protected Pointer<float> Gradients => _memory.Gradients;

    /// <summary>What the forward pass leaves for the backward pass, and scratch.</summary>
    protected Pointer<float> Activations { get; private set; }

    /// <summary>What <see cref="FillTables"/> has computed.</summary>
    protected Pointer<float> Tables => _memory.Tables;

    /// <summary>The micro-batch's tokens, [BatchSize · SequenceLength].</summary>
    protected Pointer<int> Tokens => Current.IntegerPointer(Inputs.Tokens);

    /// <summary>Where each of <see cref="Tokens"/> stands in its sequence.</summary>
    protected Pointer<int> Positions => _memory.Positions;

    /// <summary>The kinds of <see cref="Tokens"/>.</summary>
    protected Pointer<int> TokenTypes => Current.IntegerPointer(Inputs.TokenTypes);

    /// <summary>0 for each of <see cref="Tokens"/> that is hidden, [BatchSize, SequenceLength].</summary>
    protected Pointer<int> AttentionMask => Current.IntegerPointer(Inputs.AttentionMask);

    /// <summary>The encoder's tokens, [BatchSize · SourceLength].</summary>
    protected Pointer<int> Sources => Current.IntegerPointer(Inputs.Sources);

    /// <summary>Where each of <see cref="Sources"/> stands in its source.</summary>
    protected Pointer<int> SourcePositions => _memory.SourcePositions;

    /// <summary>0 for each of <see cref="Sources"/> that is hidden, [BatchSize, SourceLength].</summary>
    protected Pointer<int> SourceMask => Current.IntegerPointer(Inputs.SourceMask);

    /// <summary>[BatchSize, channels, height, width].</summary>
    protected Pointer<float> Pixels => Current.FloatPointer(Inputs.Pixels);

    /// <summary>The factor of each embedding, [BatchSize · SequenceLength].</summary>
    protected Pointer<float> InputScale => Current.FloatPointer(Inputs.InputScale);

    /// <summary>What is added to scores (a Boolean mask as 0 and −∞), or the factor of probabilities, [BatchSize, SequenceLength, SequenceLength].</summary>
    protected Pointer<float> PairMask => Current.FloatPointer(Inputs.PairMask);

    /// <summary>The classes to find; how many, <see cref="TargetKind"/> says.</summary>
    protected Pointer<int> Targets => Current.IntegerPointer(Inputs.Targets);

    /// <summary>The numbers to compare with; how many, <see cref="TargetKind"/> says.</summary>
    protected Pointer<float> TargetValues => Current.FloatPointer(Inputs.TargetValues);

    /// <summary>The dropout masks of this micro-batch: the same in <see cref="ForwardPass"/> and <see cref="BackwardPass"/>.</summary>
    protected RandomStream Stream { get; private set; }

    /// <summary>What a parameter gradient adds to: none on the first micro-batch since the last update, which writes, and then itself.</summary>
    protected Pointer<float> Accumulated(nint offset) =>
        _progress.MicroBatch == 0 ? default : _memory.Gradients + offset;

    /// <summary>Writes <see cref="Tables"/>. The base constructor calls it once: it may use the protected members of the base only.</summary>
    protected abstract void FillTables();

    /// <summary>The micro-batch to activations; returns the mean loss.</summary>
    protected abstract float ForwardPass();

    /// <summary>Activations to <see cref="Gradients"/>, which it writes or adds to as <see cref="Accumulated"/> says.</summary>
    protected abstract void BackwardPass();

    /// <inheritdoc/>
    public float Forward()
    {
        TakeBatch();
        Stream = RandomStreamOf(isEnabled: true);
        float loss = ForwardPass();
        _awaitsBackward = true;
        return loss;
    }

    /// <inheritdoc/>
    public void Backward()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_awaitsBackward)
            throw new InvalidOperationException("Backward needs a Forward before it; Backward, Evaluate and LoadCheckpoint use up the last one.");

        _awaitsBackward = false;
        BackwardPass();
        if (FindsGradientsFree) _padding.Clear(Gradients);
        _progress.MicroBatch++;
        _exportedMicroBatches = _progress.MicroBatch;
    }

    /// <inheritdoc/>
    public void Update()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_awaitsBackward) throw new InvalidOperationException("Update: the last Forward still awaits its Backward.");
        if (_progress.MicroBatch == 0) throw new InvalidOperationException("Update needs a Backward since the last update.");

        UpdatePass(_optimizer, _progress);
        _progress.MicroBatch = 0;
        _progress.Step++;
    }

    /// <inheritdoc/>
    public float Step()
    {
        float loss = Forward();
        Backward();
        Update();
        return loss;
    }

    /// <inheritdoc/>
    public float Evaluate()
    {
        TakeBatch();
        Stream = RandomStreamOf(isEnabled: false);
        float loss = ForwardPass();
        GC.KeepAlive(this);
        return loss;
    }

    /// <summary>Gives the weights back and frees the memory.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            Release();
        }
        finally
        {
            _memory.Dispose();
            _weights.ReleaseExclusive();
            GC.SuppressFinalize(this);
        }
    }

    /// <inheritdoc/>
    public void ExportGradient(string name, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_exportedMicroBatches == 0)
            throw new InvalidOperationException("There is no gradient: none before a Backward, and none after an update once a Forward or Evaluate has used its memory.");
        ModelLayout layout = _weights.Layout;
        if (!layout.IsTrained(layout.Tensor(name)))
            throw new ArgumentException($"Tensor '{name}' of {layout.ModelName} is frozen: it has no gradient.", nameof(name));

        BringGradients();
        layout.Export(Gradients, name, destination);
        if (_exportedMicroBatches > 1) TensorPrimitives.Divide(destination, _exportedMicroBatches, destination);
    }

    /// <inheritdoc/>
    public void SaveCheckpoint(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BringState();
        Checkpoint().Save(path, _progress);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void LoadCheckpoint(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BringState();
        _progress = Checkpoint().Load(path);
        SendState();
        _exportedMicroBatches = _progress.MicroBatch;
        _awaitsBackward = false;
    }

    private TrainingCheckpoint Checkpoint() => new(_weights, _optimizer, _memory);

    private void TakeBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BatchValidation.Check(Batch, Inputs, Shape);
        Activations = _memory.Activations(_progress.MicroBatch);
        if (FindsGradientsFree) _exportedMicroBatches = 0;
        _awaitsBackward = false;
        _memory.Take();
    }

    /// <summary>Whether the passes on this micro-batch lay their activations where the gradients will be.</summary>
    private bool FindsGradientsFree => Shape.ActivationsAmongGradients && _progress.MicroBatch == 0;

    private RandomStream RandomStreamOf(bool isEnabled) =>
        new(_progress.Seed, (uint)_progress.Step, (uint)_progress.MicroBatch, _rank, isEnabled);

    /// <summary>The sum of the micro-batches' gradients to new parameters and optimizer state.</summary>
    private protected virtual void UpdatePass(Optimizer optimizer, in TrainerProgress progress)
    {
        double mean = 1.0 / progress.MicroBatch;
        double squares = GradientNorm.SumOfSquares(Team, Gradients, _weights.Layout.TrainedFloats);
        _gradientNorm = mean * Math.Sqrt(squares);
        ApplyOptimizer(optimizer.Clip(Gradients, mean, _gradientNorm));
    }

    /// <summary>The norm of the mean gradient at the last update.</summary>
    private protected virtual double ReadGradientNorm() => _gradientNorm;

    /// <summary>Called before the host reads gradients: on a device, they may be there only.</summary>
    private protected virtual void BringGradients()
    {
    }

    /// <summary>Called before the host reads or replaces parameters, gradients and optimizer state.</summary>
    private protected virtual void BringState()
    {
    }

    /// <summary>Called when the host has replaced them.</summary>
    private protected virtual void SendState()
    {
    }

    /// <summary>Gives back what a derived class has taken, all of it or as far as it came.</summary>
    private protected virtual void Release()
    {
    }

    private void ApplyOptimizer(in ScaledGradient gradient)
    {
        long step = _progress.Step + 1;
        double rate = LearningRate;
        foreach (ParameterRun run in _runs)
        {
            _optimizer.Update(Team, new ParameterUpdate(
                run.Kind, run.Count, step, rate,
                Weights + run.Offset, gradient.From(run.Offset), _memory.State + run.Offset, _memory.StateStride));
        }
    }
}
