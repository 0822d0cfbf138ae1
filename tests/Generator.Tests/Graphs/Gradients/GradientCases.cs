using Generator.Tests.Models;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>For every differentiable operation, graphs of it that are tiny, of odd sizes, and use all of its operands.</summary>
internal static partial class GradientCases
{
    private const int Rows = 6, Width = 5;

    public static IReadOnlyDictionary<string, Action<TestGraph>> All { get; } = Cases().ToDictionary(c => c.Name, c => c.Build);

    /// <summary>The graph of a case with its backward phase.</summary>
    public static TestGraph Differentiated(string name)
    {
        var graph = new TestGraph(seed: 17);
        All[name](graph);
        graph.Differentiate();
        return graph;
    }

    private static IEnumerable<(string Name, Action<TestGraph> Build)> Cases() =>
        [.. Elementwise(), .. Projections(), .. Tables(), .. Norms(), .. Attentions(), .. AttentionCases.All(), .. Losses(), .. Combinations(), .. Pooling(), .. Patching(), .. Positions()];

    private static IEnumerable<(string, Action<TestGraph>)> Elementwise()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            yield return ($"{activation}", g => Twice(g, g.Activation(3, 7), (x, name) => new Activate(x, activation, name)));
            yield return ($"gated {activation}", g =>
            {
                Tensor up = g.Activation(3, 7);
                Twice(g, g.Activation(3, 7), (gate, name) => new GatedActivate(gate, up, activation, name));
            }
            );
        }
        yield return ("gate is up", g => Twice(g, g.Activation(3, 7), (x, name) => new GatedActivate(x, x, Activation.Silu, name)));
        yield return ("add", g =>
        {
            Tensor b = g.Activation(3, 7);
            Twice(g, g.Activation(3, 7), (a, name) => new Add(a, b, name));
        }
        );
        yield return ("add to itself", g => Twice(g, g.Activation(3, 7), (x, name) => new Add(x, x, name)));
        yield return ("scale", g => Twice(g, g.Activation(3, 7), (x, name) => new ScaleBy(x, -2.5f, name)));
        yield return ("scale with addend", g =>
        {
            Tensor addend = g.Activation(3, 7);
            Twice(g, g.Activation(3, 7), (x, name) => new ScaleBy(x, 0.5f, name).WithAddend(addend, NewTensor(name, 3, 7)));
        }
        );
        yield return ("dropout", g => Twice(g, g.Activation(3, 7), (x, name) => new Dropout(x, 0.3f, name)));
        yield return ("dropout with addend", g =>
        {
            Tensor addend = g.Activation(3, 7);
            Twice(g, g.Activation(3, 7), (x, name) => new Dropout(x, 0.3f, name).WithAddend(addend, NewTensor(name, 3, 7)));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Projections()
    {
        yield return ("linear", g =>
        {
            Parameter weight = g.Matrix(3, Width);
            Twice(g, g.Activation(Rows, Width), (x, name) => new Linear(x, weight, bias: null, name));
        }
        );
        yield return ("linear with bias", g =>
        {
            Parameter weight = g.Matrix(17, Width), bias = g.Vector(17);
            Twice(g, g.Activation(Rows, Width), (x, name) => new Linear(x, weight, bias, name));
        }
        );
        yield return ("linear with addend", g =>
        {
            Parameter weight = g.Matrix(Width, 3), bias = g.Vector(Width);
            Tensor addend = g.Activation(Rows, Width);
            Twice(g, g.Activation(Rows, 3), (x, name) => new Linear(x, weight, bias, name).WithAddend(addend, NewTensor(name, Rows, Width)));
        }
        );
        yield return ("residual", g =>
        {
            Tensor x = g.Activation(Rows, Width);
            Linear linear = new(x, g.Matrix(Width, Width), g.Vector(Width), "y");
            g.Observe(linear.WithAddend(x, NewTensor("sum", Rows, Width)));
        }
        );
        yield return ("tied embedding and projection", g =>
        {
            Parameter table = g.Matrix(7, Width);
            Tensor x = g.Program.Add(new Embedding(g.Indices(Rows, 7), table.Tensor, 1, addend: null, "x"));
            g.Observe(new Linear(x, table, g.Vector(7), "logits"));
        }
        );
        yield return ("frozen weight", g =>
        {
            Parameter weight = g.Matrix(3, Width), bias = g.Vector(3);
            weight.IsTrained = false;
            g.Observe(new Linear(g.Activation(Rows, Width), weight, bias, "y"));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Tables()
    {
        yield return ("embedding with repeated indices", g =>
        {
            Parameter table = g.Matrix(3, Width);
            Tensor indices = g.Indices(Rows, 3), addend = g.Activation(Rows, Width);
            g.Observe(new Embedding(indices, table.Tensor, 1.5f, addend, "y"));
            g.Observe(new Embedding(g.Indices(Rows, 3), table.Tensor, 1, addend: null, "z"));
            g.Observe(new Embedding(g.Indices(Rows, 2), table.Tensor, 1, addend: null, "later", firstRow: 1));
        }
        );
        foreach (PairLayout layout in Enum.GetValues<PairLayout>())
        {
            foreach (int rotaryDim in (int[])[2, 4, 6])
            {
                yield return ($"rotary {layout} of {rotaryDim}", g =>
                {
                    var tables = new RotaryTables(Specs.Rotary(layout, rotaryDim), contextLength: 9);
                    g.Fill(tables);
                    Tensor positions = g.Indices(Rows, 9);
                    Twice(g, g.Activation(Rows, 3 * 7), (x, name) => new Rotary(x, positions, tables, heads: 3, name));
                }
                );
            }
        }
    }

    private static IEnumerable<(string, Action<TestGraph>)> Norms()
    {
        foreach (int groups in (int[])[1, 3])
        {
            yield return ($"layer norm, {groups} groups", g =>
            {
                Parameter weight = g.Vector(Width, ParameterKind.Norm), bias = g.Vector(Width);
                Twice(g, g.Activation(Rows, groups * Width), (x, name) => new LayerNorm(x, weight.Tensor, bias.Tensor, 1e-2f, name));
            }
            );
            yield return ($"rms norm, {groups} groups", g =>
            {
                Parameter weight = g.Vector(Width, ParameterKind.Norm);
                Twice(g, g.Activation(Rows, groups * Width), (x, name) => new RmsNorm(x, weight.Tensor, 1e-2f, name));
            }
            );
            yield return ($"rms norm with an offset, {groups} groups", g =>
            {
                Parameter weight = g.Vector(Width, ParameterKind.Norm);
                Twice(g, g.Activation(Rows, groups * Width), (x, name) => new RmsNorm(x, weight.Tensor, 1e-2f, weightOffset: 1, name));
            }
            );
        }
        yield return ("layer norm with frozen weight", g =>
        {
            Parameter weight = g.Vector(Width, ParameterKind.Norm), bias = g.Vector(Width);
            weight.IsTrained = false;
            g.Observe(new LayerNorm(g.Activation(Rows, Width), weight.Tensor, bias.Tensor, 1e-2f, "y"));
        }
        );
        yield return ("layer norm with frozen bias", g =>
        {
            Parameter weight = g.Vector(Width, ParameterKind.Norm), bias = g.Vector(Width);
            bias.IsTrained = false;
            g.Observe(new LayerNorm(g.Activation(Rows, Width), weight.Tensor, bias.Tensor, 1e-2f, "y"));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Attentions()
    {
        foreach (int keyValueHeads in (int[])[1, 2, 4])
        {
            foreach ((bool causal, int window) in ((bool, int)[])[(true, 0), (false, 0), (true, 2), (true, 1)])
            {
                foreach (float dropout in (float[])[0, 0.4f])
                {
                    string mask = causal ? window > 0 ? $"window {window}" : "causal" : "bidirectional";
                    yield return ($"attention, 4 heads over {keyValueHeads}, {mask}, dropout {dropout}", g =>
                    {
                        AttentionSpec spec = Specs.Attention(4, keyValueHeads, headDim: 3) with { Causal = causal, SlidingWindow = window };
                        var shape = new AttentionShape(spec, sequences: 2, length: 3);
                        Tensor k = g.Activation(Rows, keyValueHeads * 3), v = g.Activation(Rows, keyValueHeads * 3);
                        Twice(g, g.Activation(Rows, 12), (q, name) => new Attention(q, k, v, shape, AttentionTerms.None, dropout, name));
                    }
                    );
                }
            }
        }
        yield return ("attention to itself", g =>
        {
            var shape = new AttentionShape(Specs.Attention(2, 2, headDim: 3), sequences: 2, length: 3);
            Twice(g, g.Activation(Rows, 6), (x, name) => new Attention(x, x, x, shape, AttentionTerms.None, 0.2f, name));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Losses()
    {
        yield return ("cross-entropy", g => g.Program.Add(new SoftmaxCrossEntropy(g.Activation(Rows, 7), g.Indices(Rows, 7))));
        yield return ("cross-entropy with ignored targets", g => g.Program.Add(new SoftmaxCrossEntropy(g.Activation(Rows, 7), g.Indices(Rows, 7, -100, 3, -100))));
        yield return ("cross-entropy with all targets ignored", g => g.Program.Add(new SoftmaxCrossEntropy(g.Activation(2, 7), g.Indices(2, 7, -100, -100))));
        foreach (float smoothing in (float[])[0, 0.1f, 1])
        {
            yield return ($"cross-entropy with label smoothing {smoothing}", g =>
                g.Program.Add(new SoftmaxCrossEntropy(g.Activation(Rows, 3), g.Indices(Rows, 3, 2, -100), new LossOptions { LabelSmoothing = smoothing })));
            yield return ($"cross-entropy with class weights and label smoothing {smoothing}", g =>
            {
                var weights = new ClassWeightTable(new EquatableArray<float>(0.5f, 0, 3));
                g.Fill(weights);
                var options = new LossOptions { LabelSmoothing = smoothing, ClassWeights = weights.Values };
                g.Program.Add(new SoftmaxCrossEntropy(g.Activation(Rows, 3), g.Indices(Rows, 3, 2, -100), options));
            }
            );
        }
        foreach (double ignored in (double[])[0.5, double.NaN])
        {
            yield return ($"cross-entropy with soft targets, one of them {ignored}", g =>
                g.Program.Add(new SoftTargetCrossEntropy(g.Activation(Rows, 7), g.Input([Rows, 7], ignored))));
            yield return ($"binary cross-entropy, one target {ignored}", g =>
                g.Program.Add(new BinaryCrossEntropyLoss(g.Activation(Rows, 3), g.Input([Rows, 3], ignored))));
            yield return ($"mean squared error, one target {ignored}", g =>
                g.Program.Add(new MeanSquaredErrorLoss(g.Activation(Rows, 3), g.Input([Rows, 3], ignored))));
        }
        yield return ("mean squared error without targets", g => g.Program.Add(new MeanSquaredErrorLoss(g.Activation(1, 1), g.Input([1, 1], double.NaN))));
    }

    /// <summary>The operation on the same operands twice, so that every operand has two readers; the loss sees both results.</summary>
    private static void Twice(TestGraph graph, Tensor x, Func<Tensor, string, Operation> create)
    {
        graph.Observe(create(x, "y"));
        graph.Observe(create(x, "z"));
    }

    private static Tensor NewTensor(string name, int rows, int columns) => new(name, new Shape(rows, columns), TensorRole.Activation);
}
