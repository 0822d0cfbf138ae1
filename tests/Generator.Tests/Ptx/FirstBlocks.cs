using System.Runtime.InteropServices;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Ptx;

/// <summary>Runs the first block of each kernel of a model's plan, on zeros: what it computes is of no use, but where it reads and writes is what it always does.</summary>
internal sealed class FirstBlocks : IDisposable
{
    private readonly PtxMachine _machine = new(new PtxMachineOptions { DetectRaces = false });
    private readonly Dictionary<(DeviceRegion Region, string Name), ulong> _regions = [];
    private readonly List<PlacedLaunch> _launches = [];
    private readonly PtxPlan _plan;

    public FirstBlocks(string attributes, Precision precision)
    {
        ModelGraph model = ModelBuilder.Build(Declared.Of(attributes));
        _plan = new PtxPlan(model, precision);
        foreach (ProgramGraph program in model.Programs) _launches.AddRange(_plan.Launches(program, program.Operations));
        Allocate(DeviceRegion.Parameters, "", _plan.Storage.ParameterFloats);
        Allocate(DeviceRegion.Gradients, "", _plan.Storage.TrainedFloats);
        Allocate(DeviceRegion.Tables, "", _plan.Storage.TableFloats);
        Allocate(DeviceRegion.State, "", _plan.Storage.StateFloats);
        Allocate(DeviceRegion.Activations, "", model.Programs.Max(_plan.ActivationFloats));
        Allocate(DeviceRegion.Workspace, "", _plan.WorkspaceFloats);
        Allocate(DeviceRegion.RoundedWeights, "", _plan.RoundedWeights?.Floats ?? 0);
        Allocate(DeviceRegion.RoundedFactors, "", _plan.RoundedFactorFloats);
        foreach (IGrouping<string, Tensor> same in Tensors(TensorRole.Input)) Allocate(DeviceRegion.Input, same.Key, same.Max(tensor => tensor.Shape.Elements));
        foreach (IGrouping<string, Tensor> same in Tensors(TensorRole.Output)) Allocate(DeviceRegion.Output, same.Key, same.Max(tensor => tensor.Shape.Elements));

        Allocate(DeviceRegion.Control, "", ControlLayout.Bytes(rows: 1) / sizeof(float));
        int mostRows = _launches.SelectMany(launch => launch.Operation.Inputs).OfType<Tensor>().Where(tensor => tensor.Shape.IsBounded).Select(tensor => tensor.Shape.Rows).DefaultIfEmpty(1).Max();
        _machine.Memory.Write(_regions[(DeviceRegion.Control, "")] + (ulong)ControlLayout.Offset(ControlField.Rows), BitConverter.GetBytes(mostRows));
    }

    /// <summary>What the first block of each kernel did.</summary>
    public IEnumerable<LaunchTrace> Run()
    {
        PtxModule module = PtxModule.Parse(_plan.ModuleText);
        foreach (PlacedLaunch launch in _launches.DistinctBy(launch => launch.Kernel.Name))
        {
            LaunchSize block = launch.Kernel.Block;
            _machine.Launch(module, launch.Kernel.Name, new Dim3(1, 1, 1), new Dim3(block.X, block.Y, block.Z), 0, Parameters(launch));
            yield return _machine.LastLaunch;
        }
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>Those of one name in several programs are in one memory here.</summary>
    private IEnumerable<IGrouping<string, Tensor>> Tensors(TensorRole role) => _launches
        .SelectMany(launch => launch.Operation.Inputs.Concat(launch.Operation.Outputs)).OfType<Tensor>().Where(tensor => tensor.Role == role).GroupBy(tensor => tensor.Name);

    private void Allocate(DeviceRegion region, string name, long floats)
    {
        ulong address = _machine.Memory.Allocate(sizeof(float) * floats);
        _regions.Add((region, name), address);
        _machine.Memory.Span(address, checked((int)(sizeof(float) * floats))).Clear();
    }

    private byte[] Parameters(PlacedLaunch launch)
    {
        using var block = new MemoryStream();
        foreach (PlacedArgument argument in launch.Arguments)
        {
            if (argument.Place is { } place) Append(block, _regions[(place.Region, place.Name)] + (sizeof(float) * (ulong)place.Offset));
            else Append(block, argument.Word);
        }

        return block.ToArray();
    }

    /// <summary>Appends a value at a multiple of its size.</summary>
    private static void Append<T>(MemoryStream block, T value)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        while (block.Length % bytes.Length != 0) block.WriteByte(0);
        block.Write(bytes);
    }
}
