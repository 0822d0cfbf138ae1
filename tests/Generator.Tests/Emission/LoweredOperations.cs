using Generator.Tests.Graphs;
using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Emission;

/// <summary>Operations of small models and of the graphs that test gradients: every one that there is, in most of its forms.</summary>
internal static class LoweredOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        .. Attentions(),
        .. TinyModels.Names.SelectMany(name => ModelBuilder.Build(TinyModels.Declaration(name)).Programs).SelectMany(program => program.Operations),
        .. TinyEncoders.Names.SelectMany(name => ModelBuilder.Build(TinyEncoders.Declaration(name)).Programs).SelectMany(program => program.Operations),
        .. GradientCases.All.Keys.SelectMany(name => GradientCases.Differentiated(name).Program.Operations).Where(operation => OperationTypes.All.Contains(operation.GetType())),
    ];

    /// <summary>Forms that no model here has.</summary>
    private static IEnumerable<Operation> Attentions()
    {
        const int Heads = 2, Length = 3;
        var shape = new AttentionShape(Specs.Attention(Heads, 1, headDim: 2) with { ValueHeadDim = 4 }, sequences: 1, Length);
        Tensor q = Activation("q", Length, 4), k = Activation("k", Length, 2), v = Activation("v", Length, 4), distances = Activation("distances", Heads, 2 * Length - 1);
        Tensor mask = new("mask", new Shape(1, Length), TensorRole.Input, ElementType.Int32), positions = new("positions", new Shape(Length), TensorRole.Input, ElementType.Int32);
        AttentionTerms terms = new() { KeyMask = mask, Distances = distances };
        var attention = new Attention(q, k, v, shape, terms, dropout: 0, "o");
        yield return attention;
        var gradient = new AttentionGradient(Activation("dO", Length, 8), attention, needsScores: true, attention.O, weightGradient: null);
        yield return gradient;
        yield return new DistancesGradient(gradient.ScoreGradient!, shape, (null, Activation("dDistances", Heads, 2 * Length - 1)));
        yield return new CachedAttention(q, k, v, positions, shape, Length, new() { Distances = distances }, "o");
        yield return new CachedRelativeScores(q, Activation("table", 5, 2), positions, shape, Length, "scores");
        var cached = new Tensor("cached_weights", new Shape(Length, Heads, Length), TensorRole.Activation);
        yield return new CachedRelativeValues(cached, Activation("table", 5, 4), positions, Activation("o", Length, 8), shape, "y");
        yield return new CrossAttention(q, k, v, mask, shape, "o");
        Tensor weights = Activation("weights", Heads * Length, Length);
        yield return new AttentionWeights(q, k, shape, terms, weights);
        yield return new CachedAttentionWeights(q, k, positions, shape, Length, AttentionTerms.None, weights);
        yield return new CrossAttentionWeights(q, k, mask, shape, weights);
    }

    private static Tensor Activation(string name, int rows, int columns) => new(name, new Shape(rows, columns), TensorRole.Activation);
}
