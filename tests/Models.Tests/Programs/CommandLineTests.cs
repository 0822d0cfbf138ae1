using Transformer.Compiled.Models;

namespace Models.Tests.Programs;

public sealed class CommandLineTests
{
    private static readonly CommandOption[] _options = [new("--text", "FILE", "A text."), new("--steps", "N", "Steps."), new("--timing", null, "Times.")];

    [Fact]
    public void ValuesFollowTheirNamesOrAnEqualsSign()
    {
        CommandLine line = CommandLine.Parse(["--text", "--odd name", "--steps=3", "--timing"], _options)!;
        Assert.Equal("--odd name", line.RequiredText("--text"));
        Assert.Equal(3, line.Number("--steps", 7, least: 1));
        Assert.True(line.Has("--timing"));
    }

    [Fact]
    public void WhatIsNotGivenHasItsDefault()
    {
        CommandLine line = CommandLine.Parse([], _options)!;
        Assert.Null(line.Text("--text"));
        Assert.Equal(7, line.Number("--steps", 7, least: 1));
        Assert.False(line.Has("--timing"));
    }

    [Theory]
    [InlineData("There is no option '--tex'.", "--tex", "a")]
    [InlineData("There is no option 'a'.", "a")]
    [InlineData("--text needs a value.", "--text")]
    [InlineData("--timing takes no value.", "--timing=1")]
    [InlineData("--timing is given twice.", "--timing", "--timing")]
    public void MistakesAreNamed(string message, params string[] arguments)
        => Assert.Equal(message, Assert.Throws<CommandLineException>(() => CommandLine.Parse(arguments, _options)).Message);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("many")]
    [InlineData("")]
    public void NumbersAreChecked(string value)
    {
        CommandLine line = CommandLine.Parse(["--steps", value], _options)!;
        string message = Assert.Throws<CommandLineException>(() => line.Number("--steps", 7, least: 1)).Message;
        Assert.Equal($"--steps is '{value}'; it has to be a number of at least 1.", message);
    }

    [Fact]
    public void NumbersMayHaveABound()
    {
        CommandLine line = CommandLine.Parse(["--steps", "5"], _options)!;
        Assert.Equal(5, line.Number("--steps", 7, least: 1, most: 5));
        Assert.Equal("--steps is '5'; it has to be a number from 1 to 4.", Assert.Throws<CommandLineException>(() => line.Number("--steps", 7, 1, 4)).Message);
    }

    [Fact]
    public void TextsMayStandInFiles()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "a text");
        CommandOption[] options = [new("--text", "TEXT", ""), new("--file", "FILE", "")];
        Assert.Equal("b", CommandLine.Parse(["--text", "b"], options)!.TextOrFile("--text", "--file"));
        Assert.Equal("a text", CommandLine.Parse(["--file", file], options)!.TextOrFile("--text", "--file"));
        Assert.Throws<CommandLineException>(() => CommandLine.Parse([], options)!.TextOrFile("--text", "--file"));
        Assert.Throws<CommandLineException>(() => CommandLine.Parse(["--text", "b", "--file", file], options)!.TextOrFile("--text", "--file"));
        File.Delete(file);
    }

    [Fact]
    public void NotANumberIsNone()
    {
        CommandLine line = CommandLine.Parse(["--steps", "NaN"], _options)!;
        Assert.Throws<CommandLineException>(() => line.Number("--steps", 0f, least: 0f));
    }

    [Fact]
    public void HelpListsEveryOption()
    {
        Assert.Null(CommandLine.Parse(["--steps", "1", "--help"], _options));
        string usage = CommandLine.Usage("A program.", _options);
        Assert.All(_options, option => Assert.Contains($"  {option.Name} ", usage, StringComparison.Ordinal));
    }
}
