using System.Reflection;
using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>The gradient rule of every operation, against finite differences of the interpreter.</summary>
public sealed class OperationGradientTests
{
    public static TheoryData<string> Cases { get; } = new(GradientCases.All.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientsAreFiniteDifferences(string name)
    {
        TestGraph graph = GradientCases.Differentiated(name);
        var run = new RunState { Seed = 5 };
        graph.Forward(run);
        graph.Backward(run);
        FiniteDifferences.AssertAllElements(graph.Parameters, graph.Values, () => graph.Forward(run));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MicroBatchesAddUp(string name)
    {
        TestGraph graph = GradientCases.Differentiated(name);
        var sums = graph.Parameters.ToDictionary(p => p, p => new double[p.Elements]);
        foreach (ulong seed in (ulong[])[1, 2, 3])
        {
            TestGraph alone = GradientCases.Differentiated(name);
            RunBoth(alone, seed);
            RunBoth(graph, seed);
            for (int i = 0; i < graph.Parameters.Count; i++)
            {
                double[] sum = sums[graph.Parameters[i]], gradient = alone.Values.Gradient(alone.Parameters[i]);
                for (int j = 0; j < sum.Length; j++) sum[j] += gradient[j];
            }
        }
        foreach ((Parameter parameter, double[] sum) in sums) Assert.Equal(sum, graph.Values.Gradient(parameter), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void EveryDifferentiableOperationHasACase()
    {
        IEnumerable<Type> differentiable = OperationTypes.All.Where(type =>
            type.GetMethod(nameof(Operation.Differentiate), BindingFlags.Public | BindingFlags.Instance)!.DeclaringType != typeof(Operation));
        IEnumerable<Type> covered = GradientCases.All.Keys.SelectMany(name => GradientCases.Differentiated(name).Program.Phases[0].Sections)
            .SelectMany(section => section.Operations).Select(operation => operation.GetType());
        Assert.Empty(differentiable.Except(covered));
    }

    private static void RunBoth(TestGraph graph, ulong seed)
    {
        var run = new RunState { Seed = seed };
        graph.Forward(run);
        graph.Backward(run);
    }
}
