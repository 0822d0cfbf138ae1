using Transformer.Compiled.Models.Entities;

namespace Models.Tests.Programs;

public sealed class EntityTests
{
    [Theory]
    [InlineData("O O", "")]
    [InlineData("B-PER I-PER O B-LOC", "PER 0-2, LOC 3-4")]
    [InlineData("B-PER B-PER I-PER", "PER 0-1, PER 1-3")]
    [InlineData("I-LOC I-LOC O I-PER", "LOC 0-2, PER 3-4")]
    [InlineData("B-PER I-LOC I-LOC", "PER 0-1, LOC 1-3")]
    [InlineData("PER PER O LOC", "PER 0-2, LOC 3-4")]
    [InlineData("B-A-B I-A-B", "A-B 0-2")]
    [InlineData("", "")]
    public void TagsBecomeEntities(string tags, string expected)
        => Assert.Equal(expected, string.Join(", ", Entity.FromTags(tags.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(entity => $"{entity.Type} {entity.First}-{entity.End}")));
}
