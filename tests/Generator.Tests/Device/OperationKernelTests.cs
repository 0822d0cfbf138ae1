using Generator.Tests.Graphs.Decoders;
using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device;

/// <summary>The kernels of every operation, executed from their text, beside the reference interpreter in double precision.</summary>
public sealed class OperationKernelTests
{
    public static TheoryData<string> Cases { get; } = new(GradientCases.All.Keys);

    public static TheoryData<string> Models { get; } = new(TinyModels.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void KernelsComputeWhatTheOperationsDo(string name)
    {
        TestGraph graph = GradientCases.Differentiated(name);
        var run = new RunState { HasMasks = false };
        var values = new DeviceCheckedValues(graph.Values, run);
        IEnumerable<Operation> operations = graph.Program.Phases.SelectMany(phase => phase.Sections).SelectMany(section => section.Operations);
        Interpreter.Run(operations, values, run);
    }
}
