using Transformer.Compiled.Models;

namespace Models.Tests.Programs;

public sealed class CsvTests
{
    [Fact]
    public void ColumnsAreFoundByTheirNames()
        => Assert.Equal([["x", "1"], ["y", ""]], Csv.Parse("f", "label,other,text\n1,a,x\n,b,y\n", "text", "label"));

    [Theory]
    [InlineData("text\r\na b\r\n\r\nc\r\n", "a b", "c")]
    [InlineData("text\n\"a, b\"\n\"a \"\"quoted\"\" word\"\n", "a, b", "a \"quoted\" word")]
    [InlineData("text\n\"two\nlines\"\n\"\"", "two\nlines", "")]
    [InlineData("text\nin \"the\" middle\n é ", "in \"the\" middle", " é ")]
    public void FieldsMayBeQuoted(string text, params string[] expected)
        => Assert.Equal(expected, Csv.Parse("f", text, "text").Select(row => row[0]));

    [Fact]
    public void AnEmptyTableHasNoRows() => Assert.Empty(Csv.Parse("f", "text", "text"));

    [Theory]
    [InlineData("", "f, line 1: a header is expected; the file is empty.")]
    [InlineData("a,b\n", "f, line 1: there is no column 'text'; the header is 'a,b'.")]
    [InlineData("text,b\n1,2\n\n1,2,3\n", "f, line 4: there are 3 fields; the header has 2.")]
    [InlineData("text\n\"a\nb\"\nc,d\n", "f, line 4: there are 2 fields; the header has 1.")]
    [InlineData("text\na\n\"b\nc\n", "f, line 3: the quote that begins here has no end.")]
    [InlineData("text\n\"a\nb\" c\n", "f, line 3: after a closing quote a comma is expected, not ' '.")]
    public void MistakesHaveTheirLine(string text, string message)
        => Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Csv.Parse("f", text, "text")).Message);
}
