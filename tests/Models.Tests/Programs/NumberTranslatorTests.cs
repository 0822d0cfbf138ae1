using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Numbers;

namespace Models.Tests.Programs;

/// <summary>The trained weights that come with models/NumberTranslator.</summary>
public sealed class NumberTranslatorTests
{
    private const int Sample = 100;

    [Fact]
    public void NumbersOfEveryLengthThatTrainingHasNotSeenAreTranslated()
    {
        using var weights = NumberTranslator.Weights.Load(NumberOptions.OwnWeights);
        using var search = new NumberSearch(weights, beams: 1);
        Assert.InRange(NumberScores.Match(search, HeldOutNumbers.Uniform.Take(2 * Sample)).Value, 0.995, 1);
        for (int digits = 1; digits <= HeldOutNumbers.MostDigits; digits++)
            Assert.InRange(NumberScores.Match(search, HeldOutNumbers.OfLength(digits).Take(Sample)).Value, 0.99, 1);
    }

    [Fact]
    public void RoundNumbersAreTranslated()
    {
        using var weights = NumberTranslator.Weights.Load(NumberOptions.OwnWeights);
        using var search = new NumberSearch(weights, beams: 1);
        int[] round = [.. Enumerable.Range(1, 9).SelectMany(digit => (int[])[digit * 10, digit * 100, digit * 1000, digit * 10_000, digit * 100_000])];
        Assert.Equal(round.Length, NumberScores.Match(search, round).Matches);
    }

    [Theory]
    [InlineData("四千零二十一", "--translate", "four thousand and twenty-one")]
    [InlineData("三十万五千零四十", "--translate", "Three hundred and five thousand and forty", "--beams", "2")]
    public void TheCommandLineTranslates(string expected, params string[] arguments)
    {
        var output = new StringWriter();
        TranslateCommand.Run(NumberOptions.From(CommandLine.Parse(arguments, NumberOptions.All)!), output);
        Assert.Equal(expected, output.ToString().TrimEnd());
    }

    [Fact]
    public void AttentionIsWrittenToAPage()
    {
        string page = Path.Combine(Directory.CreateTempSubdirectory().FullName, "new", "attention.html");
        string[] arguments = ["--translate", "two hundred", "--attention", page];
        TranslateCommand.Run(NumberOptions.From(CommandLine.Parse(arguments, NumberOptions.All)!), new StringWriter());
        string html = File.ReadAllText(page);
        Directory.GetParent(page)!.Parent!.Delete(recursive: true);
        Assert.Contains("Cross-attention", html, StringComparison.Ordinal);
        Assert.Contains("hundred", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There are 12 words; a number below a million has at most 11.", "one one one one one one one one one one one one")]
    [InlineData("There is no word to translate.", "")]
    public void WhatIsNoNumberIsSaid(string message, string words)
    {
        using var weights = NumberTranslator.Weights.Initialize(seed: 1);
        using var search = new NumberSearch(weights, beams: 1);
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => search.Translate(words)).Message);
    }

    [Theory]
    [InlineData("--beams is '5'; it has to be a number from 1 to 4.", "--beams", "5")]
    [InlineData("--steps is '0'; it has to be a number of at least 1.", "--steps", "0")]
    public void OptionsAreChecked(string message, params string[] arguments)
    {
        CommandLine line = CommandLine.Parse(arguments, NumberOptions.All)!;
        Assert.Equal(message, Assert.Throws<CommandLineException>(() => NumberOptions.From(line)).Message);
    }
}
