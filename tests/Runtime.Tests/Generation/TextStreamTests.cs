using System.Text;
using Runtime.Tests.Tokenization;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Generation;

public class TextStreamTests
{
    [Fact]
    public void PiecesAreCompleteCharacters()
    {
        ITokenizer tokenizer = TokenizerFiles.ByteFallback();
        var stream = new TextStream(tokenizer);
        var pieces = new List<string>();
        foreach (byte value in "é🙂x"u8) pieces.Add(stream.Append(TokenizerFiles.FirstByte + value));
        Assert.Equal(["", "é", "", "", "", "🙂", "x"], pieces);
        Assert.Equal("", stream.Complete());
    }

    [Fact]
    public void AnIncompleteEndIsReplaced()
    {
        var stream = new TextStream(TokenizerFiles.ByteFallback());
        Assert.Equal("", stream.Append(TokenizerFiles.FirstByte + 0xF0));
        Assert.Equal("", stream.Append(TokenizerFiles.FirstByte + 0x9F));
        Assert.Equal("\uFFFD", stream.Complete());
        Assert.Equal("a", stream.Append(TokenizerFiles.FirstByte + 'a'));
    }

    [Fact]
    public void PiecesMakeTheDecodedText()
    {
        ITokenizer tokenizer = TokenizerFiles.ByteFallback();
        var random = new Random(4);
        for (int round = 0; round < 2000; round++)
        {
            var tokens = new int[random.Next(12)];
            for (int i = 0; i < tokens.Length; i++) tokens[i] = random.Next(tokenizer.VocabularySize);
            var text = new StringBuilder();
            var stream = new TextStream(tokenizer);
            foreach (int token in tokens) text.Append(stream.Append(token));
            text.Append(stream.Complete());
            Assert.Equal(tokenizer.Decode(tokens), text.ToString());
        }
    }

    [Fact]
    public void OnlyTheSpaceAtTheBeginningIsTaken()
    {
        ITokenizer tokenizer = TokenizerFiles.ByteFallback();
        var stream = new TextStream(tokenizer);
        int space = TokenizerFiles.FirstByte + ' ';
        Assert.Equal("", stream.Append(space));
        Assert.Equal(" ", stream.Append(space));
        Assert.Equal("a", stream.Append(TokenizerFiles.FirstByte + 'a'));
        Assert.Equal(" ", stream.Append(space));
    }
}
