namespace Transformer.Compiled.Tokenization;

/// <summary>
/// A tokenizer that normalises a text, cuts it into words, and turns each word into tokens by a model: WordPiece (Devlin et al. 2019), whole words,
/// or SentencePiece's unigrams (Kudo 2018) and byte pairs (Sennrich et al. 2016).
/// </summary>
public sealed class PipelineTokenizer : TemplateTokenizer
{
    private readonly TokenPipeline _pipeline;
    private readonly AddedTokenFinder _rawTokens;
    private readonly AddedTokenFinder _normalizedTokens;
    private readonly Dictionary<string, int> _tokens;
    private readonly TokenBytes _bytes;

    internal PipelineTokenizer(TokenPipeline pipeline)
        : base(pipeline.Template, pipeline.PaddingToken)
    {
        _pipeline = pipeline;
        bool isNormalized(AddedToken token) => token.IsNormalized && pipeline.Normalizers.Count > 0;
        _rawTokens = new AddedTokenFinder(pipeline.AddedTokens.Where(token => !isNormalized(token)));
        _normalizedTokens = new AddedTokenFinder(pipeline.AddedTokens
            .Where(isNormalized)
            .Select(token => token with { Content = pipeline.Normalize(token.Content) })
            .Where(token => token.Content.Length > 0));
        _tokens = new Dictionary<string, int>(pipeline.Vocabulary);
        foreach (AddedToken token in pipeline.AddedTokens) _tokens[token.Content] = token.Token;
        _bytes = new TokenBytes(pipeline.DecodedTokens());
    }

    /// <inheritdoc/>
    public override int VocabularySize => _bytes.Count;

    /// <inheritdoc/>
    public override int LeadingSpaces => _pipeline.LeadingSpaces;

    /// <summary>Reads a BERT vocabulary, <c>vocab.txt</c>: a piece in each line, those inside words after <c>##</c>.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="letterCase">What the model was trained with (<c>do_lower_case</c> of its <c>tokenizer_config.json</c>).</param>
    /// <exception cref="TokenizerFormatException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PipelineTokenizer LoadWordPiece(string path, LetterCase letterCase) => new(WordPieceFile.Read(path, letterCase));

    /// <summary>
    /// Reads a SentencePiece model of unigrams or byte pairs, <c>.model</c>. Tokens are the numbers of pieces, and nothing is put
    /// around a text: where a model was trained with <c>&lt;/s&gt;</c> at the end, as T5, the caller adds it.
    /// </summary>
    /// <exception cref="TokenizerFormatException">The file is damaged or asks for something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PipelineTokenizer LoadSentencePiece(string path) => new(SentencePieceFile.Read(path));

    /// <summary>The token with that content, as the file spells it: <c>[CLS]</c>, <c>##ing</c>.</summary>
    public bool TryGetToken(string content, out int token) => _tokens.TryGetValue(content, out token);

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens) => _bytes.Decode(tokens, LeadingSpaces);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> BytesOf(int token) => _bytes[token];

    private protected override void Append(ReadOnlySpan<char> text, List<int> tokens)
    {
        bool isFirst = true;
        while (_rawTokens.First(text, out Range place) is { } added)
        {
            AppendNormalized(_pipeline.Normalize(text[..place.Start].ToString()), isFirst, tokens);
            tokens.Add(added.Token);
            text = text[place.End..];
            isFirst = false;
        }

        AppendNormalized(_pipeline.Normalize(text.ToString()), isFirst, tokens);
    }

    private void AppendNormalized(ReadOnlySpan<char> text, bool isFirst, List<int> tokens)
    {
        while (_normalizedTokens.First(text, out Range place) is { } added)
        {
            AppendWords(text[..place.Start], isFirst, tokens);
            tokens.Add(added.Token);
            text = text[place.End..];
            isFirst = false;
        }

        AppendWords(text, isFirst, tokens);
    }

    private void AppendWords(ReadOnlySpan<char> text, bool isFirst, List<int> tokens)
    {
        WordCutter cutter = _pipeline.Metaspace?.Words ?? _pipeline.Cutter;
        if (_pipeline.Metaspace is { } spaces) text = spaces.Apply(text, isFirst);
        while (cutter.TryNext(text, out Range word, out int rest))
        {
            _pipeline.Model.Append(text[word], tokens);
            text = text[rest..];
        }
    }
}
