using Transformer.Compiled.Models.Sentences;

namespace Models.Tests.Programs;

public sealed class SimilarityTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(-2, 0, -1)]
    [InlineData(0, 5, 0)]
    [InlineData(3, 3, 0.70710678)]
    [InlineData(0, 0, 0)]
    public void CosineOfTheAngle(float x, float y, double expected) => Assert.Equal(expected, Similarity.Cosine([4, 0], [x, y]), 1e-7);

    [Fact]
    public void TheLikestComesFirst()
        => Assert.Equal([2, 0, 3, 1], Similarity.Rank([1, 0], [[0, 1], [-1, 0], [2, 0], [0, 3]]).Select(place => place.Number));
}
