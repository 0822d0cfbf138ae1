using System.Buffers;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016) as Hugging Face's <c>tokenizer.json</c> describes it: byte-level as GPT-2's, or on characters with
/// a fallback to bytes as Llama's; or GPT-2's own pair of files.
/// </summary>
public sealed class BytePairTokenizer : TemplateTokenizer
{
    private readonly BytePairPipeline _pipeline;
    private readonly AddedTokenFinder _rawTokens;
    private readonly AddedTokenFinder _normalizedTokens;
    private readonly Dictionary<string, int> _tokens;
    private readonly TokenBytes _bytes;

    internal BytePairTokenizer(BytePairPipeline pipeline)
        : base(pipeline.Template, pipeline.PaddingToken)
    {
        _pipeline = pipeline;
        bool isNormalized(AddedToken token) => token.IsNormalized && pipeline.Normalizers.Count > 0;
        _rawTokens = new AddedTokenFinder(pipeline.AddedTokens.Where(token => !isNormalized(token)));
        _normalizedTokens = new AddedTokenFinder(
            pipeline.AddedTokens.Where(isNormalized).Select(token => token with { Content = pipeline.Normalize(token.Content) }));
        _tokens = new Dictionary<string, int>(pipeline.Model.Vocabulary);
        foreach (AddedToken token in pipeline.AddedTokens) _tokens[token.Content] = token.Token;
        _bytes = new TokenBytes(pipeline.DecodedTokens());
    }

    /// <inheritdoc/>
    public override int VocabularySize => _bytes.Count;

    /// <inheritdoc/>
    public override int LeadingSpaces => _pipeline.Decoder.LeadingSpaces;

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="TokenizerFormatException">The file is damaged or asks for something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BytePairTokenizer Load(string path)
    {
        using JsonFile file = JsonFile.Open(path);
        return new BytePairTokenizer(TokenizerJson.Read(file));
    }

    /// <summary>Reads GPT-2's pair of files: <c>encoder.json</c> (or <c>vocab.json</c>) and <c>vocab.bpe</c> (or <c>merges.txt</c>).</summary>
    /// <exception cref="TokenizerFormatException">A file is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static BytePairTokenizer Load(string vocabularyPath, string mergesPath)
    {
        using JsonFile vocabulary = JsonFile.Open(vocabularyPath);
        return new BytePairTokenizer(Gpt2Files.Read(vocabulary, mergesPath));
    }

    /// <summary>The token with that content, as the file spells it: <c>&lt;|endoftext|&gt;</c>, <c>Ġthe</c>.</summary>
    public bool TryGetToken(string content, out int token) => _tokens.TryGetValue(content, out token);

    /// <summary>The tokens of a text that is only text: added tokens are not looked for in it, and nothing is put before or after it.</summary>
    public int[] EncodeOrdinary(ReadOnlySpan<char> text)
    {
        var tokens = new List<int>();
        EncodeWords(_pipeline.Normalize(text.ToString()), isFirst: true, new MergeChain(_pipeline.Model.Merges), tokens);
        return [.. tokens];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens) => _bytes.Decode(tokens, LeadingSpaces);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> BytesOf(int token) => _bytes[token];

    private protected override void Append(ReadOnlySpan<char> text, List<int> tokens)
    {
        var chain = new MergeChain(_pipeline.Model.Merges);
        bool isFirst = true;
        while (_rawTokens.First(text, out Range place) is { } added)
        {
            EncodeNormalized(_pipeline.Normalize(text[..place.Start].ToString()), isFirst, chain, tokens);
            tokens.Add(added.Token);
            text = text[place.End..];
            isFirst = false;
        }

        EncodeNormalized(_pipeline.Normalize(text.ToString()), isFirst, chain, tokens);
    }

    private void EncodeNormalized(ReadOnlySpan<char> text, bool isFirst, MergeChain chain, List<int> tokens)
    {
        while (_normalizedTokens.First(text, out Range place) is { } added)
        {
            EncodeWords(text[..place.Start], isFirst, chain, tokens);
            tokens.Add(added.Token);
            text = text[place.End..];
            isFirst = false;
        }

        EncodeWords(text, isFirst, chain, tokens);
    }

    private void EncodeWords(ReadOnlySpan<char> text, bool isFirst, MergeChain chain, List<int> tokens)
    {
        if (text.IsEmpty) return;
        switch (_pipeline.Form)
        {
            case BytePairForm.Bytes bytes:
                EncodeBytes(text, bytes, chain, tokens);
                break;
            case BytePairForm.SpacedWords words:
                text = words.Spaces.Apply(text, isFirst);
                while (words.Spaces.Words.TryNext(text, out Range word, out int rest))
                {
                    _pipeline.Model.Encode(text[word], chain, tokens);
                    text = text[rest..];
                }

                break;
            default:
                _pipeline.Model.Encode(text, chain, tokens);
                break;
        }
    }

    private void EncodeBytes(ReadOnlySpan<char> text, BytePairForm.Bytes form, MergeChain chain, List<int> tokens)
    {
        if (!text.StartsWith(form.Lead)) text = $"{form.Lead}{text}";
        while (!text.IsEmpty)
        {
            int length = form.Words.FirstWord(text);
            EncodeSpelled(text[..length], chain, tokens);
            text = text[length..];
        }
    }

    private void EncodeSpelled(ReadOnlySpan<char> word, MergeChain chain, List<int> tokens)
    {
        const int OnStack = 256;
        char[]? rented = null;
        int needed = 3 * word.Length;
        Span<char> spelling = needed <= OnStack ? stackalloc char[OnStack] : rented = ArrayPool<char>.Shared.Rent(needed);
        int length = ByteAlphabet.Spell(word, spelling);
        _pipeline.Model.Encode(spelling[..length], chain, tokens);
        if (rented != null) ArrayPool<char>.Shared.Return(rented);
    }
}
