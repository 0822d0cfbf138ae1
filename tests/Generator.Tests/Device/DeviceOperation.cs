using System.Runtime.InteropServices;
using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Device;

/// <summary>
/// One operation's kernels on a device, every tensor in memory of its own: operands go over in the layout that the kernels expect, results come
/// back as plain matrices.
/// </summary>
internal sealed class DeviceOperation : IDisposable
{
    private readonly PtxMachine _machine = new(new PtxMachineOptions { PerturbApproximations = true });
    private readonly Dictionary<object, ulong> _addresses = [];
    private readonly Dictionary<object, long> _floats = [];
    private readonly Operation _operation;
    private readonly IReadOnlyList<PtxLaunch> _launches;
    private readonly RunState _run;
    private readonly long _slotStride;
    private readonly Precision _precision;
    private readonly Dictionary<Tensor, ulong> _rounded = [];
    private readonly List<PtxLaunch> _roundings = [];

    public DeviceOperation(Operation operation, RunState run, Precision precision)
    {
        _operation = operation;
        _slotStride = DeviceLayout.SlotStride(operation);
        _precision = precision;
        var lowering = new PtxLowering(_slotStride, precision);
        _launches = operation.LowerToPtx(lowering);
        foreach (Tensor factor in _launches.SelectMany(launch => launch.Arguments).OfType<PtxArgument.Rounded>().Select(argument => argument.Factor).Distinct())
        {
            _roundings.Add(lowering.Rounding(factor));
            _rounded.Add(factor, _machine.Memory.Allocate(sizeof(float) * (factor.Parameter?.StorageFloats / 2 ?? RoundingKernels.PanelWords(PtxLowering.Rows(factor.Shape), factor.Shape.Columns))));
        }

        _run = run;
    }

    /// <summary>
    /// Computes the results, given the values of operands. A result without memory is null. Where earlier micro-batches left zeros, this is taken for
    /// the first one: what the gradient's memory holds must not matter.
    /// </summary>
    public double[]?[] Run(Func<Tensor, double[]> valueOf)
    {
        Tensor[] inputs = [.. _operation.Inputs.OfType<Tensor>().Distinct()], earlier = [.. inputs.Where(input => input is { Role: TensorRole.ParameterGradient, Version: 0 })];
        bool isFirst = earlier.All(gradient => valueOf(gradient).All(element => element == 0));
        foreach (Tensor input in inputs) Upload(input, valueOf(input));
        foreach (Tensor gradient in earlier.Where(_ => isFirst && _operation.WritesAll)) _machine.Memory.Span(_addresses[KeyOf(gradient)], (int)_floats[KeyOf(gradient)] * sizeof(float)).Fill(0xFF);
        foreach (Tensor output in _operation.Outputs.Where(output => !_addresses.ContainsKey(KeyOf(output)))) Allocate(output, DeviceLayout.FloatsOf(output));
        ulong control = UploadControl(isFirst), workspace = _machine.Memory.Allocate(sizeof(float) * _launches.Max(launch => launch.WorkspaceFloats));

        PtxModule module = PtxModule.Parse(PtxModuleText.Of(_roundings.Concat(_launches).Select(launch => launch.Kernel)));
        PtxValidator.Validate(module);
        foreach (PtxLaunch launch in _roundings.Concat(_launches))
        {
            byte[] parameters = Parameters(launch, control, workspace);
            _machine.Launch(module, launch.Kernel.Name, SizeOf(launch.Kernel.Grid), SizeOf(launch.Kernel.Block), 0, parameters);
        }

        return [.. _operation.Outputs.Select(output => HasMemory(output) ? Download(output) : null)];
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>Versions of a state, and of a parameter's gradient, are one memory.</summary>
    private static object KeyOf(Tensor tensor) => tensor.Role switch
    {
        TensorRole.State => tensor.State!,
        TensorRole.ParameterGradient => tensor.Parameter!,
        _ => tensor,
    };

    private static bool HasMemory(Tensor output) => !output.IsOptional || output.IsUsed;

    private static Dim3 SizeOf(LaunchSize size) => new(size.X, size.Y, size.Z);

    private void Upload(Tensor tensor, double[] value)
    {
        byte[] bytes = DeviceLayout.Encode(tensor, value, _slotStride, _precision);
        _machine.Memory.Write(Allocate(tensor, bytes.Length / sizeof(float)), bytes);
    }

    private ulong Allocate(Tensor tensor, long floats)
    {
        _floats[KeyOf(tensor)] = floats;
        return _addresses[KeyOf(tensor)] = _machine.Memory.Allocate(sizeof(float) * floats);
    }

    private double[] Download(Tensor tensor)
    {
        var floats = new float[_floats[KeyOf(tensor)]];
        _machine.Memory.Read(_addresses[KeyOf(tensor)], MemoryMarshal.AsBytes(floats.AsSpan()));
        return DeviceLayout.Decode(tensor, floats, _slotStride, _precision);
    }

    /// <summary>Dropout is off: the reference draws other numbers.</summary>
    private ulong UploadControl(bool isFirst)
    {
        uint[] words = new uint[ControlBlock.Bytes / sizeof(uint)];
        words[(int)ControlField.Rows] = (uint)_run.Rows;
        words[(int)ControlField.SelectedRow] = (uint)_run.Row;
        words[(int)ControlField.AccumulationIsOn] = isFirst ? 0u : 1;
        words[(int)ControlField.LossScale] = BitConverter.SingleToUInt32Bits(1f);
        ulong address = _machine.Memory.Allocate(ControlBlock.Bytes);
        _machine.Memory.Write(address, MemoryMarshal.AsBytes<uint>(words));
        return address;
    }

    private byte[] Parameters(PtxLaunch launch, ulong control, ulong workspace)
    {
        using var block = new MemoryStream();
        foreach (PtxArgument argument in launch.Arguments)
        {
            switch (argument)
            {
                case PtxArgument.Word word: Append(block, word.Value); break;
                case PtxArgument.Control: Append(block, control); break;
                case PtxArgument.Workspace place: Append(block, workspace + (sizeof(float) * (ulong)place.Offset)); break;
                case PtxArgument.Rounded rounded: Append(block, _rounded[rounded.Factor]); break;
                case PtxArgument.Address address: Append(block, _addresses[KeyOf(address.Tensor)] + (sizeof(float) * (ulong)(address.Element + FirstSlot(address.Tensor)))); break;
                default: throw new NotSupportedException($"{argument} has no place among the parameters.");
            }
        }

        return block.ToArray();
    }

    /// <summary>A prefill is given the caches of its slot.</summary>
    private long FirstSlot(Tensor tensor) => tensor.Role == TensorRole.State && _operation.Inputs[0]!.Shape.IsBounded ? _run.Slot * _slotStride : 0;

    /// <summary>Appends a value at a multiple of its size.</summary>
    private static void Append<T>(MemoryStream block, T value)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        while (block.Length % bytes.Length != 0) block.WriteByte(0);
        block.Write(bytes);
    }
}
