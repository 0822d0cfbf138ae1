using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Graphs.Memory;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs;

public sealed class FusionTests
{
    [Fact]
    public void FusionKeepsLossesAndGradients()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            TestGraph plain = RandomGraphs.Build(seed), fused = RandomGraphs.Build(seed);
            plain.Differentiate();
            Fusion.FuseAddends(fused.Program);
            fused.Differentiate();
            Fusion.FuseActivations(fused.Program);
            foreach (TestGraph graph in (TestGraph[])[plain, fused]) Interpreter.Interpreter.Run(graph.Program.Operations, graph.Values, new RunState());

            Assert.Equal(plain.Values[plain.Loss][0], fused.Values[fused.Loss][0], 1e-9);
            foreach ((Parameter a, Parameter b) in plain.Parameters.Zip(fused.Parameters))
                Assert.Equal(plain.Values.Gradient(a), fused.Values.Gradient(b), (x, y) => Math.Abs(x - y) <= 1e-9 * Math.Max(1, Math.Abs(x)));
        }
    }

    [Fact]
    public void AResidualBecomesAnAddend()
    {
        var graph = new TestGraph(1);
        Tensor x = graph.Activation(2, 3);
        Tensor y = graph.Program.Add(new Linear(x, graph.Matrix(3, 3), bias: null, "y"));
        graph.Observe(new Add(x, y, "sum"));
        Fusion.FuseAddends(graph.Program);
        Linear linear = Assert.Single(graph.Program.Operations.OfType<Linear>());
        Assert.Same(x, linear.Addend);
        Assert.Empty(graph.Program.Operations.OfType<Add>());
    }

    [Fact]
    public void AnOperandThatIsReadTwiceStaysApart()
    {
        var graph = new TestGraph(1);
        Tensor x = graph.Activation(2, 3);
        Tensor y = graph.Program.Add(new Linear(x, graph.Matrix(3, 3), bias: null, "y"));
        graph.Observe(new Add(x, y, "sum"));
        graph.Observe(y);
        graph.Program.Add(new WeightedSum(y, x));
        Fusion.FuseAddends(graph.Program);
        Assert.Single(graph.Program.Operations.OfType<Add>());
    }

    [Fact]
    public void AnActivationThatABackwardPassDifferentiatesStaysApart()
    {
        var graph = new TestGraph(1);
        Tensor y = graph.Program.Add(new Linear(graph.Activation(2, 3), graph.Matrix(3, 3), bias: null, "y"));
        graph.Observe(new Activate(y, Activation.Silu, "z"));
        graph.Differentiate();
        Fusion.FuseActivations(graph.Program);
        Assert.Single(graph.Program.Operations.OfType<Activate>());
    }
}
