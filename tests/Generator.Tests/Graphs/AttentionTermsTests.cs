using Generator.Tests.Models;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs;

/// <summary>Extents of attention, and terms that do not fit them.</summary>
public sealed class AttentionTermsTests
{
    private static readonly AttentionSpec s_all = Specs.Attention(2, 1, headDim: 3) with { Causal = false };

    [Theory]
    [InlineData(false, 0, 5, 7)]
    [InlineData(true, 0, 5, 7)]
    [InlineData(true, 0, 7, 5)]
    [InlineData(true, 2, 6, 6)]
    [InlineData(false, 2, 6, 3)]
    [InlineData(false, 3, 1, 9)]
    public void VisiblePairsAreThoseThatTheMaskLeaves(bool causal, int window, int queries, int keys)
    {
        var shape = new AttentionShape(s_all with { Causal = causal, SlidingWindow = window }, Sequences: 1, queries, keys);
        int pairs = Enumerable.Range(0, queries).Sum(query => Interpreter.AttentionRules.VisibleKeys(shape.Spec, query, keys).Count());
        Assert.Equal(pairs, shape.VisiblePairs);
    }

    [Fact]
    public void NamesSayWhatDiffers()
    {
        Assert.Equal("4x5x2x3", new AttentionShape(s_all, sequences: 4, length: 5).Name);
        Assert.Equal("4x5x7x2x3x8", new AttentionShape(s_all with { ValueHeadDim = 8 }, Sequences: 4, Queries: 5, Keys: 7).Name);
    }

    [Fact]
    public void TermsOfOtherSizesAreRefused()
    {
        var shape = new AttentionShape(s_all, Sequences: 2, Queries: 3, Keys: 5);
        Assert.Contains("not 10", Refusal(new() { KeyMask = Floats(2, 3) }), StringComparison.Ordinal);
        Assert.Contains("not 60", Refusal(new() { Scores = Floats(2, 2, 3, 3) }), StringComparison.Ordinal);
        Assert.Contains("not 30", Refusal(new() { Pairs = Floats(3, 5) }), StringComparison.Ordinal);
        Assert.Contains("not 30", Refusal(new() { Factors = Floats(2, 5) }), StringComparison.Ordinal);
        Assert.Contains("not 18", Refusal(new() { Distances = Floats(1, 9) }), StringComparison.Ordinal);
        Assert.Contains("reaches over 4 positions", Refusal(new() { Distances = Floats(2, 7) }), StringComparison.Ordinal);

        string Refusal(AttentionTerms terms) => Assert.Throws<ArgumentException>(() => terms.Check(shape)).Message;
    }

    [Fact]
    public void ACacheHasDistancesAndScoresAlone()
    {
        var shape = new AttentionShape(s_all, sequences: 2, length: 1);
        Tensor q = Floats(2, 6);
        new AttentionTerms { Distances = Floats(2, 15), Scores = Floats(2, 2, 8) }.CheckCached(q, shape, contextLength: 8);
        Assert.Contains("not 32", Refusal(new() { Scores = Floats(2, 8) }), StringComparison.Ordinal);
        Assert.Contains("reaches over 7 positions", Refusal(new() { Distances = Floats(2, 13) }), StringComparison.Ordinal);
        Assert.Contains("distances and scores", Refusal(new() { KeyMask = Floats(2, 8) }), StringComparison.Ordinal);

        string Refusal(AttentionTerms terms) => Assert.Throws<ArgumentException>(() => terms.CheckCached(q, shape, contextLength: 8)).Message;
    }

    private static Tensor Floats(params int[] shape) => new("term", new Shape(shape), TensorRole.Input);
}
