using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>The memory that an argument points into. Each is one stretch of device memory; inputs and outputs have one each, by name.</summary>
internal enum DeviceRegion
{
    Parameters,
    Gradients,
    Tables,
    State,
    Activations,
    Input,
    Output,
    Workspace,

    /// <summary>Rounded copies of weights.</summary>
    RoundedWeights,

    /// <summary>Rounded copies of activations and gradients.</summary>
    RoundedFactors,
    Control,
}

/// <summary>A place in device memory.</summary>
/// <param name="Region">Where.</param>
/// <param name="Name">Of an input or output; empty elsewhere.</param>
/// <param name="Offset">In elements of 4 bytes from where the region begins.</param>
internal readonly record struct DevicePlace(DeviceRegion Region, string Name, long Offset);

/// <summary>A launch whose tensors have places: what the emitted launcher writes down.</summary>
/// <param name="Operation">What it is a part of.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Arguments">In the order of the kernel's parameters: a place, or a word.</param>
internal sealed record PlacedLaunch(Operation Operation, PtxKernel Kernel, IReadOnlyList<PlacedArgument> Arguments);

/// <param name="Place">An address; null for a word.</param>
/// <param name="Word">Four bytes, where there is no place.</param>
internal readonly record struct PlacedArgument(DevicePlace? Place, uint Word);

/// <summary>
/// The kernels of a model and their launches, from the same differentiated graph and with the same places for parameters and activations as the
/// C# plan.
/// </summary>
internal sealed class PtxPlan
{
    private readonly SortedDictionary<string, PtxKernel> _kernels = new(StringComparer.Ordinal);
    private readonly Dictionary<ProgramGraph, MemoryPlan> _memory;
    private readonly Dictionary<ProgramGraph, RoundedCopies> _copies = [];
    private readonly RoundedWeights _roundedWeights;
    private readonly PtxLowering _lowering;
    private readonly GpuArchitecture _oldest;

    /// <param name="model">Its programs.</param>
    /// <param name="precision">Of matrix products.</param>
    /// <param name="oldest">The oldest architecture that the module is for.</param>
    /// <exception cref="ArgumentException">The architecture has no products of that precision.</exception>
    public PtxPlan(ModelGraph model, Precision precision = Precision.Float32, GpuArchitecture oldest = GpuArchitecture.Ampere)
    {
        if (precision != Precision.Float32 && oldest == GpuArchitecture.Volta)
            throw new ArgumentException($"Products of {precision} are for {GpuArchitecture.Ampere} and later, not for {oldest}.", nameof(oldest));
        _oldest = oldest;
        Storage = new StoragePlan(model);
        _roundedWeights = new RoundedWeights(model, Storage);
        _lowering = new PtxLowering(Storage.StateFloats, precision);
        _memory = model.Programs.ToDictionary(program => program, MemoryPlan.Of);
    }

    public StoragePlan Storage { get; }

    /// <summary>Floats of the workspace that the launches so far need.</summary>
    public long WorkspaceFloats { get; private set; }

    /// <summary>Floats of the rounded copies of activations and gradients that the launches so far need.</summary>
    public long RoundedFactorFloats { get; private set; }

    /// <summary>The rounded copies of weights; null where no launch so far reads any.</summary>
    public RoundedWeights? RoundedWeights { get; private set; }

    /// <summary>One module of all kernels that were launched so far, each once whatever launches it, in the order of their names.</summary>
    public string ModuleText => PtxModuleText.Of(_kernels.Values, _oldest);

    /// <summary>Floats of a program's activations.</summary>
    public long ActivationFloats(ProgramGraph program) => _memory[program].Floats;

    /// <summary>The kernels that were launched so far, in the order of their names.</summary>
    public IReadOnlyCollection<PtxKernel> Kernels => _kernels.Values;

    /// <summary>Adds kernels to the module that no operation launches.</summary>
    public void Add(IEnumerable<PtxKernel> kernels)
    {
        foreach (PtxKernel kernel in kernels) Shared(kernel);
    }

    /// <summary>The launches of some operations of a program, in order.</summary>
    /// <exception cref="NoKernelException">An operation has no kernel.</exception>
    public IReadOnlyList<PlacedLaunch> Launches(ProgramGraph program, IEnumerable<Operation> operations)
    {
        var placed = new List<PlacedLaunch>();
        if (!_copies.TryGetValue(program, out RoundedCopies? copies)) _copies.Add(program, copies = new RoundedCopies(program, _lowering));
        RoundedFactorFloats = Math.Max(RoundedFactorFloats, copies.Floats);
        foreach (Operation operation in operations)
        {
            foreach (PtxLaunch launch in copies.Launches(operation))
            {
                WorkspaceFloats = Math.Max(WorkspaceFloats, launch.WorkspaceFloats);
                PtxKernel kernel = Shared(launch.Kernel);
                placed.Add(new PlacedLaunch(operation, kernel, [.. launch.Arguments.Select(argument => Place(program, operation, argument))]));
            }
        }

        return placed;
    }

    /// <summary>The kernel of that name, which every launch of it shares.</summary>
    private PtxKernel Shared(PtxKernel kernel)
    {
        if (!_kernels.TryGetValue(kernel.Name, out PtxKernel? known)) _kernels.Add(kernel.Name, known = kernel);
        else if (known.Text != kernel.Text) throw new InvalidOperationException($"Two kernels named {kernel.Name} differ.");
        return known;
    }

    private PlacedArgument Place(ProgramGraph program, Operation operation, PtxArgument argument) => argument switch
    {
        PtxArgument.Word word => new PlacedArgument(null, word.Value),
        PtxArgument.Control => new PlacedArgument(new DevicePlace(DeviceRegion.Control, "", 0), 0),
        PtxArgument.Workspace workspace => new PlacedArgument(new DevicePlace(DeviceRegion.Workspace, "", workspace.Offset), 0),
        PtxArgument.Rounded rounded => new PlacedArgument(Place(program, operation, rounded.Factor), 0),
        PtxArgument.Address address => new PlacedArgument(Place(program, address.Tensor, address.Element), 0),
        _ => throw new ArgumentException($"{argument} has no place."),
    };

    /// <summary>Of the rounded copy of a factor.</summary>
    private DevicePlace Place(ProgramGraph program, Operation reader, Tensor factor)
    {
        if (factor.Parameter is not { } weight) return new DevicePlace(DeviceRegion.RoundedFactors, "", _copies[program].OffsetOf(reader, factor));
        RoundedWeights = _roundedWeights;
        return new DevicePlace(DeviceRegion.RoundedWeights, "", _roundedWeights.OffsetOf(weight));
    }

    private DevicePlace Place(ProgramGraph program, Tensor tensor, long element) => tensor.Role switch
    {
        TensorRole.Parameter => new DevicePlace(DeviceRegion.Parameters, "", Storage.OffsetOf(tensor.Parameter!) + element),
        TensorRole.ParameterGradient => new DevicePlace(DeviceRegion.Gradients, "", Storage.OffsetOf(tensor.Parameter!) + element),
        TensorRole.Table => new DevicePlace(DeviceRegion.Tables, "", Storage.OffsetOfTable(tensor) + element),
        TensorRole.State => new DevicePlace(DeviceRegion.State, "", Storage.OffsetOf(tensor.State!) + element),
        TensorRole.Activation => new DevicePlace(
            DeviceRegion.Activations, "", (_memory[program].OffsetOf(tensor) ?? throw new ArgumentException($"{tensor} has no memory.")) + element),
        TensorRole.Input => new DevicePlace(DeviceRegion.Input, tensor.Name, element),
        TensorRole.Output => new DevicePlace(DeviceRegion.Output, tensor.Name, element),
        TensorRole unknown => throw new ArgumentException($"{unknown} has no memory."),
    };
}
