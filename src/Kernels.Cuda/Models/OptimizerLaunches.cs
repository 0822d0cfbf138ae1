using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda;

/// <summary>The launches of an update: the gradient's norm, and the optimizer's step over each run of parameters of one kind.</summary>
internal sealed class OptimizerLaunches
{
    private const CudaParameter Address = CudaParameter.Address, Word = CudaParameter.Word;
    private static readonly ParameterKind[] Kinds = Enum.GetValues<ParameterKind>();

    private readonly CudaKernel _squares, _scale;
    private readonly (ParameterRun Run, CudaKernel Kernel)[] _steps;
    private readonly Optimizer _optimizer;
    private readonly int _floats, _states;

    /// <param name="module">The trainer's.</param>
    /// <param name="layout">The parameters.</param>
    /// <param name="optimizer">The rule.</param>
    /// <exception cref="NotSupportedException">There are more trained parameters than a launch takes.</exception>
    public OptimizerLaunches(CudaModule module, ModelLayout layout, Optimizer optimizer)
    {
        if (layout.TrainedFloats > int.MaxValue)
            throw new NotSupportedException($"{layout.ModelName} has {layout.TrainedFloats} trained floats; the optimizer's kernels take {int.MaxValue} at most.");
        _floats = (int)layout.TrainedFloats;
        _optimizer = optimizer;
        _states = optimizer.StateNames.Count;
        var block = new CudaDimensions(UpdateLaunches.Threads);
        _squares = new CudaKernel(module, UpdateLaunches.GradientSquares, [Address, Address, Word], new(new(UpdateLaunches.Sums(_floats)), block));
        _scale = new CudaKernel(module, UpdateLaunches.GradientScale, [Address, Address, Address, Word, Address], new(new(1), block));
        CudaParameter[] parameters = [Address, Address, Address, .. Enumerable.Repeat(Address, _states), Word, Word, Address];
        _steps = Array.ConvertAll(ParameterRun.Of(layout), run =>
            (run, new CudaKernel(module, KernelOf(optimizer), parameters, new(new(UpdateLaunches.Blocks((int)run.Count)), block))));
    }

    /// <summary>Floats between the two kernels of the norm.</summary>
    public static nint SumsOf(ModelLayout layout) => UpdateLaunches.Sums(checked((int)layout.TrainedFloats));

    /// <summary>Launches the update.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="places">What it reads and writes.</param>
    public void Launch(CudaStream stream, in UpdatePlaces places)
    {
        uint fours = (uint)_floats / UpdateLaunches.Group;
        stream.Launch(_squares, places.Gradients, places.Sums, fours);
        stream.Launch(_scale, places.Sums, places.Norm, places.Scale, (uint)UpdateLaunches.Sums(_floats), places.Control);
        Span<CudaArgument> arguments = new CudaArgument[6 + _states];
        foreach ((ParameterRun run, CudaKernel kernel) in _steps)
        {
            long offset = (long)run.Offset * sizeof(float);
            arguments[0] = places.Gradients + offset;
            arguments[1] = places.Scale;
            arguments[2] = places.Parameters + offset;
            for (int state = 0; state < _states; state++) arguments[3 + state] = places.States + (state * places.StateBytes + offset);
            arguments[^3] = (uint)run.Count / UpdateLaunches.Group;
            arguments[^2] = (uint)run.Kind;
            arguments[^1] = places.Control;
            stream.Launch(kernel, arguments);
        }
    }

    /// <summary>Writes the coefficients of an update, the first of which is step 1.</summary>
    public void SetCoefficients(CudaControlBlock control, long step, double rate)
    {
        foreach (ParameterKind kind in Kinds)
        {
            switch (_optimizer)
            {
                case MomentOptimizer rule:
                    control.SetAdam(rate, rule.Coefficients(kind, step, rate));
                    control.SetDecay(kind, rule.Coefficients(kind, step, rate).DecayFactor, rule.Coefficients(kind, step, rate).Penalty);
                    break;
                case Sgd rule:
                    control.SetSgd(rule.Coefficients(kind, step, rate));
                    control.SetDecay(kind, factor: 1, rule.Coefficients(kind, step, rate).Penalty);
                    break;
                case RmsProp rule:
                    control.SetRmsProp(rule.Coefficients(kind, rate));
                    control.SetDecay(kind, factor: 1, rule.Coefficients(kind, rate).Penalty);
                    break;
                default:
                    throw NoKernel(_optimizer);
            }
        }
    }

    private static string KernelOf(Optimizer optimizer) => optimizer switch
    {
        MomentOptimizer => UpdateLaunches.Adam,
        Sgd { Momentum: > 0 } => UpdateLaunches.SgdWithMomentum,
        Sgd => UpdateLaunches.Sgd,
        RmsProp { Centered: true, Momentum: > 0 } => UpdateLaunches.RmsPropCentredWithMomentum,
        RmsProp { Centered: true } => UpdateLaunches.RmsPropCentred,
        RmsProp { Momentum: > 0 } => UpdateLaunches.RmsPropWithMomentum,
        RmsProp => UpdateLaunches.RmsProp,
        _ => throw NoKernel(optimizer),
    };

    private static NotSupportedException NoKernel(Optimizer optimizer) => new($"There is no kernel of {optimizer.Name} for devices.");
}

/// <summary>What an update reads and writes.</summary>
/// <param name="Parameters">The weights.</param>
/// <param name="Gradients">The sum of the micro-batches.</param>
/// <param name="States">The optimizer's state tensors.</param>
/// <param name="StateBytes">From one of them to the next.</param>
/// <param name="Sums">Between the two kernels of the norm.</param>
/// <param name="Norm">Where the norm goes.</param>
/// <param name="Scale">Where what multiplies gradients goes.</param>
/// <param name="Control">The control block.</param>
internal readonly record struct UpdatePlaces(
    CudaPointer Parameters, CudaPointer Gradients, CudaPointer States, long StateBytes, CudaPointer Sums, CudaPointer Norm, CudaPointer Scale, CudaPointer Control);
