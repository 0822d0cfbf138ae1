using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// What a trainer has on the device: parameters, gradients, optimizer state and activations. Its passes and its update are recorded once each and
/// replayed; the host waits for the loss, and for nothing else. The host's weights are brought up to date when somebody reads them.
/// </summary>
internal sealed unsafe class TrainerDevice : IDisposable
{
    /// <summary>How many batches may be on their way at once.</summary>
    private const int Batches = 2;

    private const int LossOffset = 0, NormOffset = sizeof(float);
    private const string StatesPlace = "states", SumsPlace = "sums", NormPlace = "norm", ScalePlace = "scale", InputsPlace = "inputs";

    private readonly ResourceStack _resources = new();
    private readonly ModelWeights _weights;
    private readonly TrainerMemory _host;
    private readonly Optimizer _optimizer;
    private readonly CudaStream _stream;
    private readonly CudaControlBlock _control;
    private readonly PinnedRing _inputs;
    private readonly CudaHostMemory _results;
    private readonly OptimizerLaunches _update;
    private readonly CudaProgram _forward, _backward, _step;
    private readonly UpdatePlaces _places;
    private readonly CudaPointer _batch;
    private readonly nint _trainedFloats, _stateFloats;
    private bool _weightsAreElsewhere, _gradientsAreElsewhere, _statesAreElsewhere, _normIsElsewhere;
    private double _norm;

    /// <param name="weights">Held by the trainer.</param>
    /// <param name="host">The trainer's memory on the host.</param>
    /// <param name="optimizer">The rule.</param>
    /// <param name="shape">The sizes of the generated program.</param>
    /// <param name="sizes">What it needs.</param>
    /// <param name="context">The device; the first one when null.</param>
    /// <param name="launcherOf">Makes the generated launcher.</param>
    public TrainerDevice(
        ModelWeights weights, TrainerMemory host, Optimizer optimizer, in TrainerShape shape, in CudaSizes sizes, CudaContext? context,
        Func<LauncherPlaces, TrainerLauncher> launcherOf)
    {
        (_weights, _host, _optimizer) = (weights, host, optimizer);
        _trainedFloats = weights.Layout.TrainedFloats;
        _stateFloats = host.StateStride * optimizer.StateNames.Count;
        try
        {
            _stream = _resources.Take(new DeviceStream(context)).Stream;
            var places = new LauncherPlaces(_stream, _resources);
            DeviceArena arena = new DeviceArena()
                .With(CudaLauncher.ControlPlace, CudaControlBlock.BytesOf(0) / sizeof(float))
                .With(InputsPlace, host.StepInputCount)
                .With(CudaLauncher.WeightsPlace, weights.Layout.Floats)
                .With(TrainerLauncher.GradientsPlace, _trainedFloats)
                .With(StatesPlace, _stateFloats)
                .With(CudaLauncher.TablesPlace, shape.TableFloats)
                .With(CudaLauncher.ActivationsPlace, sizes.ActivationFloats)
                .With(CudaLauncher.WorkspacePlace, sizes.WorkspaceFloats)
                .With(CudaLauncher.RoundedWeightsPlace, sizes.RoundedWeightFloats)
                .With(CudaLauncher.RoundedFactorsPlace, sizes.RoundedFactorFloats)
                .With(SumsPlace, OptimizerLaunches.SumsOf(weights.Layout))
                .With(TrainerLauncher.LossPlace, 1)
                .With(NormPlace, 1)
                .With(ScalePlace, 1);
            _resources.Take(arena.Allocate(places));
            _batch = places[InputsPlace];
            AddInputs(places, _batch, host);
            _places = new UpdatePlaces(
                places[CudaLauncher.WeightsPlace], places[TrainerLauncher.GradientsPlace], places[StatesPlace], (long)host.StateStride * sizeof(float),
                places[SumsPlace], places[NormPlace], places[ScalePlace], places[CudaLauncher.ControlPlace]);
            _control = _resources.Take(new CudaControlBlock(places[CudaLauncher.ControlPlace], rows: 0));
            _inputs = _resources.Take(new PinnedRing(_stream.Context, (long)host.StepInputCount * sizeof(float), Batches));
            _results = _resources.Take(new CudaHostMemory(_stream.Context, 2 * sizeof(float)));
            if (shape.TableFloats > 0) _stream.Upload(host.Tables, shape.TableFloats, places[CudaLauncher.TablesPlace]);
            SendState();
            TrainerLauncher launcher = launcherOf(places);
            _update = new OptimizerLaunches(launcher.Module, weights.Layout, optimizer);
            CudaPointer loss = places[TrainerLauncher.LossPlace];
            _forward = _resources.Take(new CudaProgram(_stream, _control, stream =>
            {
                launcher.LaunchRounding();
                launcher.LaunchForward();
                stream.CopyToHost(loss, _results, LossOffset, sizeof(float));
            }));
            _backward = _resources.Take(new CudaProgram(_stream, _control, _ => launcher.LaunchBackward()));
            _step = _resources.Take(new CudaProgram(_stream, _control, stream =>
            {
                _update.Launch(stream, _places);
                stream.CopyToHost(_places.Norm, _results, NormOffset, sizeof(float));
            }));
        }
        catch
        {
            _resources.Dispose();
            throw;
        }
    }

    /// <summary>The norm of the mean gradient at the last update.</summary>
    public double GradientNorm
    {
        get
        {
            if (!_normIsElsewhere) return _norm;
            _stream.Synchronize();
            _normIsElsewhere = false;
            return _norm = _results.Span<float>(NormOffset, 1)[0];
        }
    }

    /// <summary>The batch on the host to activations; waits for the mean loss.</summary>
    public float Forward(in RandomStream draws)
    {
        _control.Seed = draws.Seed;
        _control.Step = draws.Step;
        _control.SetMicroBatch((int)draws.MicroBatch, (int)draws.Rank);
        _control.Dropout = draws.IsEnabled;
        _inputs.Send(_stream, new ReadOnlySpan<byte>(_host.StepInputs.Value, checked((int)_host.StepInputCount * sizeof(float))), _batch);
        _forward.Run();
        _stream.Synchronize();
        return _results.Span<float>(LossOffset, 1)[0];
    }

    /// <summary>Activations to gradients.</summary>
    /// <param name="accumulates">Whether they are added to those of earlier micro-batches.</param>
    public void Backward(bool accumulates)
    {
        _control.Accumulate = accumulates;
        _backward.Run();
        _gradientsAreElsewhere = true;
    }

    /// <summary>Gradients to new parameters and optimizer state.</summary>
    public void Update(in TrainerProgress progress, double rate)
    {
        _control.MicroBatchShare = 1f / progress.MicroBatch;
        _control.ClipNorm = (float)_optimizer.ClipNorm;
        _control.ClipValue = _optimizer.ClipValue > 0 ? (float)_optimizer.ClipValue : float.PositiveInfinity;
        _update.SetCoefficients(_control, progress.Step + 1, rate);
        _step.Run();
        _weightsAreElsewhere = _statesAreElsewhere = _normIsElsewhere = true;
    }

    /// <summary>Copies gradients to the host, where they are not there yet.</summary>
    public void BringGradients()
    {
        if (_gradientsAreElsewhere) _stream.Download(_places.Gradients, _host.Gradients, _trainedFloats);
        _gradientsAreElsewhere = false;
    }

    /// <summary>Copies parameters to the host, where they are not there yet.</summary>
    public void BringWeights()
    {
        if (_weightsAreElsewhere) _stream.Download(_places.Parameters, _weights.Storage, _trainedFloats);
        _weightsAreElsewhere = false;
    }

    /// <summary>Copies to the host what is not there yet.</summary>
    public void BringState()
    {
        BringWeights();
        BringGradients();
        if (_statesAreElsewhere && _stateFloats > 0) _stream.Download(_places.States, _host.State, _stateFloats);
        _statesAreElsewhere = false;
    }

    /// <summary>Copies parameters, gradients and optimizer state from the host.</summary>
    public void SendState()
    {
        _stream.Upload(_weights.Storage, _weights.Layout.Floats, _places.Parameters);
        _stream.Upload(_host.Gradients, _trainedFloats, _places.Gradients);
        if (_stateFloats > 0) _stream.Upload(_host.State, _stateFloats, _places.States);
    }

    /// <summary>Brings the parameters and the last norm to the host, and gives the device's memory back.</summary>
    public void Dispose()
    {
        try
        {
            BringWeights();
            _ = GradientNorm;
        }
        finally
        {
            _resources.Dispose();
        }
    }

    private static void AddInputs(LauncherPlaces places, CudaPointer inputs, TrainerMemory host)
    {
        places[nameof(TrainerMemory.Positions)] = inputs;
        places[nameof(TrainerMemory.SourcePositions)] = inputs + (long)host.SourcePositionsOffset * sizeof(float);
        foreach (BatchRegion region in host.Inputs.Regions)
            places[region.Name] = inputs + (long)(host.CurrentOffset + region.Offset) * sizeof(float);
    }
}
