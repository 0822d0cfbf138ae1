using Generator.Tests.Graphs.Gradients;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Memory;

/// <summary>Graphs that no architecture would build, with values of several widths read any number of times.</summary>
internal static class RandomGraphs
{
    private const int Rows = 2;
    private static readonly int[] s_widths = [3, 16, 21];

    public static TestGraph Build(int seed)
    {
        var random = new Random(seed);
        var graph = new TestGraph(seed);
        Dictionary<int, List<Tensor>> values = s_widths.ToDictionary(width => width, width => new List<Tensor> { graph.Activation(Rows, width) });
        Tensor Any(int width) => values[width][random.Next(values[width].Count)];

        for (int i = 0; i < 30; i++)
        {
            int width = s_widths[random.Next(s_widths.Length)];
            Tensor x = Any(width), other = Any(s_widths[random.Next(s_widths.Length)]);
            Operation operation = random.Next(8) switch
            {
                0 or 1 => new Linear(other, graph.Matrix(width, other.Shape.Columns), graph.Vector(width), $"linear{i}"),
                2 => new Activate(x, Activation.Silu, $"activate{i}"),
                3 => new GatedActivate(x, Any(width), Activation.GeluTanh, $"gated{i}"),
                4 => new Dropout(x, 0.2f, $"dropout{i}"),
                5 => new RmsNorm(x, graph.Vector(width, ParameterKind.Norm).Tensor, 1e-2f, $"rms{i}"),
                6 => new LayerNorm(x, graph.Vector(width, ParameterKind.Norm).Tensor, graph.Vector(width).Tensor, 1e-2f, $"layer{i}"),
                _ => new Add(x, Any(width), $"add{i}"),
            };
            values[width].Add(graph.Program.Add(operation));
        }
        foreach (int width in s_widths) graph.Observe(values[width][^1]);
        return graph;
    }
}
