using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>The base of what is generated to launch a model's kernels: the module, and where everything is. Offsets count bytes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaLauncher
{
    internal const string WeightsPlace = "weights", TablesPlace = "tables", ActivationsPlace = "activations", WorkspacePlace = "workspace", ControlPlace = "control";
    internal const string RoundedWeightsPlace = "rounded_weights", RoundedFactorsPlace = "rounded_factors";

    private readonly CudaStream _stream;

    /// <summary>Loads the module.</summary>
    /// <param name="places">Where everything is.</param>
    /// <param name="ptx">The module's text.</param>
    /// <exception cref="CudaModuleException">The driver cannot compile or load it; the message has its compiler's log.</exception>
    protected CudaLauncher(LauncherPlaces places, ReadOnlySpan<byte> ptx)
    {
        ArgumentNullException.ThrowIfNull(places);
        _stream = places.Stream;
        Weights = places[WeightsPlace];
        Tables = places[TablesPlace];
        Activations = places[ActivationsPlace];
        Workspace = places[WorkspacePlace];
        RoundedWeights = places[RoundedWeightsPlace];
        RoundedFactors = places[RoundedFactorsPlace];
        Control = places[ControlPlace];
        Module = places.Load(ptx);
    }

    /// <summary>The kernels.</summary>
    protected internal CudaModule Module { get; }

    /// <summary>The parameters, as the model's layout places them.</summary>
    protected CudaPointer Weights { get; }

    /// <summary>Constant tables.</summary>
    protected CudaPointer Tables { get; }

    /// <summary>Scratch, and what a forward pass leaves for the backward pass.</summary>
    protected CudaPointer Activations { get; }

    /// <summary>What lasts from one kernel of an operation to the next.</summary>
    protected CudaPointer Workspace { get; }

    /// <summary>Copies of weights that have been rounded for products.</summary>
    protected CudaPointer RoundedWeights { get; }

    /// <summary>Such copies of activations and gradients, each made before the first product of a pass that reads it.</summary>
    protected CudaPointer RoundedFactors { get; }

    /// <summary>The control block.</summary>
    protected CudaPointer Control { get; }

    /// <summary><see cref="Weights"/> to <see cref="RoundedWeights"/>; nothing where no product reads those.</summary>
    public virtual void LaunchRounding()
    {
    }

    /// <summary>Asks the stream for a launch. Allocates nothing.</summary>
    protected void Launch(CudaKernel kernel, ReadOnlySpan<CudaArgument> arguments) => _stream.Launch(kernel, arguments);
}
