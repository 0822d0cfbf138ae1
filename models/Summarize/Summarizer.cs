using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Summaries;

/// <summary>Summarises texts by beam search.</summary>
internal sealed class Summarizer : IDisposable
{
    /// <summary>The rows of the session.</summary>
    public const int MostBeams = 4;

    private readonly TemplateTokenizer _tokenizer;
    private readonly int _end;
    private readonly SummaryModel.Weights _weights;
    private readonly SummaryModel.Session _session;
    private readonly BeamSearch _search;

    /// <param name="folder">Weights, tokenizer and config of the model that the program was compiled for.</param>
    /// <param name="beams">1 to the rows of the session.</param>
    /// <param name="tokens">The most tokens of a summary.</param>
    /// <exception cref="InvalidDataException">The config does not say with which tokens a summary begins and ends.</exception>
    public Summarizer(string folder, int beams, int tokens)
    {
        HubConfig config = HubConfig.Load(folder);
        _tokenizer = ModelTokenizer.Load(folder);
        _end = Required(config, folder, "eos_token_id");
        int start = Required(config, folder, "decoder_start_token_id");
        _weights = SummaryModel.Weights.Load(folder);
        _session = new SummaryModel.Session(_weights);
        _search = new BeamSearch(_session, new BeamSearchOptions
        {
            Beams = beams,
            StartToken = start,
            StopTokens = [_end],
            ForcedTokens = config.Token("forced_bos_token_id") is { } first ? [first] : [],
            NewTokens = tokens,
            NoRepeatNGram = 3,
        });
    }

    /// <summary>A summary; what is longer than the model reads is cut off.</summary>
    public string Summarize(string text)
    {
        int[] tokens = _tokenizer.EncodeWithin(text, _session.SourceLength);
        if (tokens.Length == 0 || tokens[^1] != _end) tokens = [.. tokens.Take(_session.SourceLength - 1), _end];
        _session.Encode(0, tokens);
        _search.Search([]);
        return _tokenizer.Decode(_search[0].Tokens).Trim();
    }

    public void Dispose()
    {
        _session.Dispose();
        _weights.Dispose();
    }

    private static int Required(HubConfig config, string folder, string key) => config.Token(key)
        ?? throw new InvalidDataException($"The config of {folder} has no \"{key}\", which the decoder needs.");
}
