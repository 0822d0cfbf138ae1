using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

/// <summary>Expected tokens are the output of sacreBLEU's own tokenizers (2.x, Python 3.11) for the same text.</summary>
public sealed class BleuTokenizerTests
{
    [Theory]
    [InlineData(
        "Hello, world! It's 3,000.50-dollar (e.g. $5) <skipped>A &amp; B &quot;x&quot; co-\nop 1999-2000.",
        "Hello , world ! It's 3,000.50 - dollar ( e . g . $ 5 ) A & B \" x \" coop 1999 - 2000 .")]
    [InlineData("…a–b, 1.5.,x .5 5. a.b", "…a–b , 1.5 . , x . 5 5 . a . b")]
    [InlineData("x\u001cy\u3000z\u00a0w", "x y z w")]
    [InlineData("&lt;b&gt;~`{}|[]\\^_@:;?=#%*+/'", "< b > ~ ` { } | [ ] \\ ^ _ @ : ; ? = # % * + / '")]
    [InlineData(" \t\n", "")]
    public void Mteval13aIsThatOfSacreBleu(string text, string expected)
        => Assert.Equal(expected, BleuTokenizer.Tokenize(text, BleuTokenization.Mteval13a));

    [Theory]
    [InlineData(
        "Hello, world! It's 3,000.50-dollar (e.g. $5) <skipped>A &amp; B &quot;x&quot; co-\nop 1999-2000.",
        "Hello , world ! It's 3,000.50 - dollar ( e . g . $ 5 ) < skipped > A & amp ; B & quot ; x & quot ; co- op 1999 - 2000.")]
    [InlineData("…a–b, 1.5.,x .5 5. a.b", "… a – b , 1.5 . , x . 5 5 . a . b")]
    [InlineData("他说:“二〇二四年”——3.14𠀀x𠀀,中a.b①Ａ\u2000q", "他 说 : “ 二 〇 二 四 年 ” — — 3.14𠀀x𠀀 , 中 a . b ① Ａ q")]
    public void ChineseIsThatOfSacreBleu(string text, string expected)
        => Assert.Equal(expected, BleuTokenizer.Tokenize(text, BleuTokenization.Chinese));

    [Theory]
    [InlineData("ab c。", "a b c 。")]
    [InlineData("𠀀x", "𠀀 x")]
    public void CharactersAreCodePoints(string text, string expected)
        => Assert.Equal(expected, BleuTokenizer.Tokenize(text, BleuTokenization.Character));

    [Fact]
    public void TokenisedTextIsOnlySplit()
        => Assert.Equal("it 's a.b", BleuTokenizer.Tokenize(" it  's\ta.b ", BleuTokenization.WhiteSpace));

    [Fact]
    public void UnknownTokenisationIsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => BleuTokenizer.Tokenize("a", (BleuTokenization)9));
}
