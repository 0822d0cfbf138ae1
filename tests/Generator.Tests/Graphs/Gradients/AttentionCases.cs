using Generator.Tests.Models;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>Attention of two sequences to two others, with values of another dimension and every kind of term.</summary>
internal static class AttentionCases
{
    private const int Sequences = 2, Heads = 4, KeyValueHeads = 2, HeadDim = 3, ValueHeadDim = 2, Queries = 3, Keys = 5, Reach = 6;

    public static IEnumerable<(string, Action<TestGraph>)> All()
    {
        yield return Case("cross attention", _ => AttentionTerms.None);
        yield return Case("cross attention with dropout", _ => AttentionTerms.None, dropout: 0.3f);
        yield return Case("cross attention in a window", _ => AttentionTerms.None, slidingWindow: 2);
        yield return Case("cross attention with hidden keys", g => new() { KeyMask = Mask(g) });
        yield return Case("cross attention by distance", g => new() { Distances = Distances(g) });
        yield return Case("cross attention with added scores", g => new() { Scores = Scores(g) });
        yield return Case("cross attention with added pairs", g => new() { Pairs = Pairs(g) });
        yield return Case("cross attention with factors", g => new() { Factors = Plane(g) });
        yield return Case("cross attention with every term", Everything);
        yield return Case("cross attention with every term and dropout", Everything, dropout: 0.3f, slidingWindow: 4);
        yield return ValueCase("relative values", _ => new());
        yield return ValueCase("relative values with dropout", _ => new(), dropout: 0.3f);
        yield return ValueCase("relative values with every term and dropout", g => Everything(g) with { Scores = null }, dropout: 0.3f, slidingWindow: 4);
        yield return ValueCase("relative values that are not trained", _ => new(), isTrained: false);
        yield return ("attention by distances that are not trained", g =>
        {
            var shape = new AttentionShape(Spec(), Sequences, Keys);
            Tensor x = g.Activation(Sequences * Keys, Heads * HeadDim), y = g.Activation(Sequences * Keys, KeyValueHeads * ValueHeadDim);
            AttentionTerms terms = new() { Distances = g.Input([Heads, 2 * Reach - 1]) };
            Tensor k = g.Activation(Sequences * Keys, KeyValueHeads * HeadDim);
            g.Observe(new Attention(x, k, y, shape, terms, dropout: 0, "y"));
        }
        );
    }

    private static AttentionTerms Everything(TestGraph g) =>
        new() { KeyMask = Mask(g), Distances = Distances(g), Scores = Scores(g), Pairs = Pairs(g), Factors = Plane(g) };

    private static (string, Action<TestGraph>) Case(string name, Func<TestGraph, AttentionTerms> create, float dropout = 0, int slidingWindow = 0) => (name, g =>
    {
        var shape = new AttentionShape(Spec() with { SlidingWindow = slidingWindow }, Sequences, Queries, Keys);
        Tensor k = g.Activation(Sequences * Keys, KeyValueHeads * HeadDim), v = g.Activation(Sequences * Keys, KeyValueHeads * ValueHeadDim);
        Tensor q = g.Activation(Sequences * Queries, Heads * HeadDim);
        AttentionTerms terms = create(g);
        g.Observe(new Attention(q, k, v, shape, terms, dropout, "y"));
        g.Observe(new Attention(q, k, v, shape, terms, dropout, "z"));
    }
    );

    /// <summary>Scores by distance, and values by distance that the weights gather.</summary>
    private static (string, Action<TestGraph>) ValueCase(
        string name, Func<TestGraph, AttentionTerms> create, float dropout = 0, int slidingWindow = 0, bool isTrained = true) => (name, g =>
    {
        var shape = new AttentionShape(Spec() with { SlidingWindow = slidingWindow }, Sequences, Queries, Keys);
        Tensor k = g.Activation(Sequences * Keys, KeyValueHeads * HeadDim), v = g.Activation(Sequences * Keys, KeyValueHeads * ValueHeadDim);
        Tensor q = g.Activation(Sequences * Queries, Heads * HeadDim);
        Parameter table = g.Matrix(2 * 3 - 1, ValueHeadDim);
        table.IsTrained = isTrained;
        AttentionTerms terms = create(g) with { Scores = g.Program.Add(new RelativeScores(q, g.Matrix(2 * 3 - 1, HeadDim).Tensor, shape, "scores")) };
        foreach (string result in (string[])["y", "z"])
        {
            var attention = new Attention(q, k, v, shape, terms, dropout, result + ".context");
            g.Program.Add(attention);
            var extents = new Shape(Sequences, Heads, Queries, Keys);
            var weights = new Tensor(result + ".weights", extents, TensorRole.Activation);
            g.Program.Add(new AttentionWeights(q, k, shape, terms, weights));
            if (dropout > 0) weights = g.Program.Add(new Dropout(weights, dropout, attention.Site, addend: null, new Tensor(result + ".dropped", extents, TensorRole.Activation)));
            g.Observe(new RelativeValues(weights, table.Tensor, attention, result));
        }
    }
    );

    private static AttentionSpec Spec() => Specs.Attention(Heads, KeyValueHeads, HeadDim) with { ValueHeadDim = ValueHeadDim, Causal = false };

    /// <summary>The second sequence is hidden but for its third key.</summary>
    private static Tensor Mask(TestGraph g) => g.Indices(Sequences * Keys, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0);

    private static Tensor Distances(TestGraph g) => g.Activation(Heads, 2 * Reach - 1);

    private static Tensor Scores(TestGraph g) => g.Activation(Sequences * Heads * Queries, Keys);

    private static Tensor Plane(TestGraph g) => g.Input([Sequences, Queries, Keys]);

    /// <summary>The first query sees nothing, the second not its second key.</summary>
    private static Tensor Pairs(TestGraph g)
    {
        const double Hidden = double.NegativeInfinity;
        return g.Input([Sequences, Queries, Keys], Hidden, Hidden, Hidden, Hidden, Hidden, 0.5, Hidden);
    }
}
