using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class TokenLabelTests
{
    [Fact]
    public void TokensAreTheirTextTheirBytesOrTheirNumber() => Assert.Equal(
        [" the", "0xE4BD", "[2]", "万"], TokenLabels.Of(new Pieces(" the"u8.ToArray(), [0xE4, 0xBD], [], "万"u8.ToArray()), [0, 1, 2, 3]));

    [Fact]
    public void WithoutATokenizerTheyAreNumbers() => Assert.Equal(["7", "-1"], TokenLabels.Of([7, -1]));

    private sealed class Pieces(params byte[][] pieces) : ITokenizer
    {
        public int VocabularySize => pieces.Length;

        public int LeadingSpaces => 0;

        public int[] Encode(ReadOnlySpan<char> text) => throw new NotSupportedException();

        public int Encode(ReadOnlySpan<char> text, Span<int> tokens) => throw new NotSupportedException();

        public string Decode(ReadOnlySpan<int> tokens) => throw new NotSupportedException();

        public ReadOnlySpan<byte> BytesOf(int token) => pieces[token];
    }
}
