using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda;

/// <summary>The plumbing of a generated trainer on a device.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaModelTrainer : ModelTrainer
{
    private readonly CudaSizes _sizes;
    private readonly CudaContext? _context;
    private TrainerDevice? _device;

    /// <summary>Takes the weights and the host's memory. A derived constructor ends with <see cref="Initialize"/>, which takes the device's.</summary>
    /// <param name="weights">Held exclusively until the trainer is disposed; they are brought up to date when somebody reads them, and then.</param>
    /// <param name="optimizer">The rule and the rates of the updates.</param>
    /// <param name="shape">The sizes of the generated program.</param>
    /// <param name="sizes">What it needs on the device.</param>
    /// <param name="context">The device; the first one, in a context of the trainer's own, when null.</param>
    /// <param name="options">The seed; the defaults when null.</param>
    /// <exception cref="InvalidOperationException">A session or another trainer holds the weights.</exception>
    protected CudaModelTrainer(ModelWeights weights, Optimizer optimizer, TrainerShape shape, CudaSizes sizes, CudaContext? context, TrainerOptions? options)
        : base(weights, optimizer, shape, options) => (_sizes, _context) = (sizes, context);

    private TrainerDevice Device => _device!;

    /// <summary>Makes the generated launcher.</summary>
    protected abstract TrainerLauncher CreateLauncher(LauncherPlaces places);

    /// <summary>Ends the construction of a derived class: takes the device's memory.</summary>
    protected void Initialize()
    {
        try
        {
            _device = new TrainerDevice(HeldWeights, Memory, Rule, Shape, _sizes, _context, CreateLauncher);
            HeldWeights.BringToHost = Device.BringWeights;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected sealed override float ForwardPass() => Device.Forward(Stream);

    /// <inheritdoc/>
    protected sealed override void BackwardPass() => Device.Backward(Accumulates);

    private protected sealed override void UpdatePass(Optimizer optimizer, in TrainerProgress progress) => Device.Update(progress, LearningRate);

    private protected sealed override double ReadGradientNorm() => Device.GradientNorm;

    private protected sealed override void BringGradients() => Device.BringGradients();

    private protected sealed override void BringState() => Device.BringState();

    private protected sealed override void SendState() => Device.SendState();

    private protected sealed override void Release()
    {
        HeldWeights.BringToHost = null;
        _device?.Dispose();
    }
}
