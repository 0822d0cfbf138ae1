using Transformer.Compiled.Generator.Architectures;

namespace Generator.Tests.Architectures;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("wte.weight", "wte.weight", true)]
    [InlineData("wte.weight", "wte.weigh", false)]
    [InlineData("wte.weight", "wte.weights", false)]
    [InlineData("wte.weight", "*", true)]
    [InlineData("wte.weight", "**", true)]
    [InlineData("wte.weight", "*.weight", true)]
    [InlineData("wte.weight", "wte.*", true)]
    [InlineData("wte.weight", "w*e*t", true)]
    [InlineData("wte.weight", "w*x*t", false)]
    [InlineData("wte.weight", "w?e.weight", true)]
    [InlineData("wte.weight", "w??e.weight", false)]
    [InlineData("wte.weight", "WTE.weight", false)]
    [InlineData("wte.weight", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "*", true)]
    [InlineData("", "?", false)]
    [InlineData("layers.10.norm", "layers.1.*", false)]
    [InlineData("layers.1.norm.norm", "layers.?.*norm", true)]
    [InlineData("aab", "*ab", true)]
    [InlineData("a.b", "a[.]b", false)]
    public void Matches(string name, string pattern, bool expected) => Assert.Equal(expected, NamePattern.IsMatch(name, pattern));

    [Fact]
    public void ManyStarsTakeNoTime() => Assert.False(NamePattern.IsMatch(new string('a', 10_000), string.Concat(Enumerable.Repeat("*a", 50)) + "b"));
}
