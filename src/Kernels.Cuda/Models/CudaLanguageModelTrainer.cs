using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda;

/// <summary>A generated trainer on a device whose model goes on with a text: inputs, and the token that follows each of them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaLanguageModelTrainer : LanguageModelTrainer
{
    private readonly CudaSizes _sizes;
    private readonly CudaContext? _context;
    private TrainerDevice? _device;

    /// <inheritdoc cref="CudaModelTrainer(ModelWeights, Optimizer, TrainerShape, CudaSizes, CudaContext?, TrainerOptions?)"/>
    protected CudaLanguageModelTrainer(ModelWeights weights, Optimizer optimizer, TrainerShape shape, CudaSizes sizes, CudaContext? context, TrainerOptions? options)
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
