using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>Translates by beam search.</summary>
internal sealed class NumberSearch : IDisposable
{
    private readonly NumberTranslator.Session _session;
    private readonly BeamSearch _search;

    /// <param name="weights">A trained model's.</param>
    /// <param name="beams">1 to the rows of the session.</param>
    public NumberSearch(NumberTranslator.Weights weights, int beams)
    {
        _session = new NumberTranslator.Session(weights);
        _search = new BeamSearch(_session, new BeamSearchOptions { Beams = beams, StartToken = NumberTokens.Start, StopTokens = [NumberTokens.End] });
    }

    /// <summary>The translation that the model finds likeliest.</summary>
    /// <exception cref="InvalidDataException">The words are not a number's.</exception>
    public string Translate(string english)
    {
        Search(english);
        return NumberTokens.DecodeChinese(_search[0].Tokens);
    }

    /// <summary>The translations that are left at the end of the search, the likeliest first, with their probabilities.</summary>
    /// <inheritdoc cref="Translate"/>
    public IReadOnlyList<(string Text, double Probability)> Candidates(string english)
    {
        Search(english);
        var candidates = new (string, double)[_search.Count];
        for (int rank = 0; rank < candidates.Length; rank++)
            candidates[rank] = (NumberTokens.DecodeChinese(_search[rank].Tokens), Math.Exp(_search[rank].LogProbability));
        return candidates;
    }

    public void Dispose() => _session.Dispose();

    private void Search(string english)
    {
        int[] words = NumberTokens.EncodeEnglish(english);
        if (words.Length > _session.SourceLength)
            throw new InvalidDataException($"There are {words.Length} words; a number below a million has at most {_session.SourceLength}.");
        _session.Encode(0, words);
        _search.Search([]);
    }
}
