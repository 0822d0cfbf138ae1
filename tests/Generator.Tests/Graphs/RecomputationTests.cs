using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Graphs.Memory;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs;

public sealed class RecomputationTests
{
    [Fact]
    public void RecomputationKeepsLossesAndGradientsBitByBit()
    {
        int recomputed = 0;
        for (int seed = 0; seed < 120; seed++)
        {
            TestGraph plain = Built(seed), second = Built(seed);
            long before = Lifetimes.Of(second.Program).Operations;
            Recomputation.RecomputeCheapValues(second.Program);
            recomputed += second.Program.Operations.Count() > before ? 1 : 0;
            Interpreter.Interpreter.Run(plain.Program.Operations, plain.Values, new RunState());
            Interpreter.Interpreter.Run(second.Program.Operations, new PlannedValues(second.Program, second.Values), new RunState());

            Assert.Equal(plain.Values[plain.Loss], second.Values[second.Loss]);
            foreach ((Parameter a, Parameter b) in plain.Parameters.Zip(second.Parameters))
                Assert.Equal(plain.Values.Gradient(a), second.Values.Gradient(b));
        }
        Assert.InRange(recomputed, 20, 120);
    }

    [Theory]
    [InlineData("GPT-2 124M", 0.8)]
    [InlineData("char model", 0.7)]
    [InlineData("small Llama", 0.8)]
    public void PlansGetSmaller(string name, double most)
    {
        ProgramGraph program = ModelBuilder.Build(RealModels.Declaration(name)).Program(Programs.Train);
        long with = MemoryPlan.Of(program).Floats;
        foreach (Operation operation in program.Operations.Where(operation => operation.Outputs[0].Name.EndsWith(".again", StringComparison.Ordinal)).ToArray())
        {
            Tensor first = program.Operations.SelectMany(o => o.Outputs).Single(tensor => tensor.Name + ".again" == operation.Outputs[0].Name);
            foreach (Operation reader in operation.Outputs[0].Consumers.ToArray()) ProgramGraph.Redirect(reader, operation.Outputs[0], first);
            program.Remove(operation);
        }
        Assert.InRange((double)with / MemoryPlan.Of(program).Floats, 0.3, most);
    }

    [Fact]
    public void AChainIsComputedAgainFromWhatIsKept()
    {
        TestGraph graph = new(1);
        Tensor x = graph.Activation(4, 3);
        Tensor up = graph.Program.Add(new Linear(x, graph.Matrix(16, 3), bias: null, "up"));
        Tensor hidden = graph.Program.Add(new Activate(up, Activation.GeluTanh, "hidden"));
        Tensor dropped = graph.Program.Add(new Dropout(hidden, 0.5f, "dropped"));
        Tensor down = graph.Program.Add(new Linear(dropped, graph.Matrix(3, 16), bias: null, "down"));
        graph.Observe(new Linear(down, graph.Matrix(64, 3), bias: null, "wide"));
        graph.Differentiate();
        Recomputation.RecomputeCheapValues(graph.Program);

        string[] names = [.. graph.Program.Operations.Select(operation => operation.Outputs[0].Name)];
        int again = Array.IndexOf(names, "hidden.again");
        Assert.Equal(["hidden.again", "dropped.again", "dropped.panels"], names[again..(again + 3)]);
    }

    [Fact]
    public void WhatIsReadAgainAtOnceIsKept()
    {
        TestGraph graph = new(1);
        Tensor x = graph.Activation(4, 3);
        Tensor hidden = graph.Program.Add(new Activate(x, Activation.GeluTanh, "hidden"));
        graph.Observe(new Linear(hidden, graph.Matrix(5, 3), bias: null, "down"));
        graph.Differentiate();
        Recomputation.RecomputeCheapValues(graph.Program);
        Assert.DoesNotContain(graph.Program.Operations, operation => operation.Outputs[0].Name == "hidden.again");
    }

    private static TestGraph Built(int seed)
    {
        TestGraph graph = RandomGraphs.Build(seed);
        if (seed % 2 == 0) Fusion.FuseAddends(graph.Program);
        graph.Differentiate();
        if (seed % 3 == 0) Fusion.FuseActivations(graph.Program);
        return graph;
    }
}
