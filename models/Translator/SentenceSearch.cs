using Transformer.Compiled.Generation;
using Transformer.Compiled.Metrics;

namespace Transformer.Compiled.Models.Translation;

/// <summary>Translates sentences by beam search.</summary>
internal sealed class SentenceSearch : IDisposable
{
    private readonly SentenceTokens _source;
    private readonly SentenceTokens _target;
    private readonly Translator.Session _session;
    private readonly BeamSearch _search;

    /// <param name="weights">A trained model's.</param>
    /// <param name="source">The characters of the sentences.</param>
    /// <param name="target">The characters of the translations.</param>
    /// <param name="beams">1 to the rows of the session.</param>
    public SentenceSearch(Translator.Weights weights, SentenceTokens source, SentenceTokens target, int beams)
    {
        _source = source;
        _target = target;
        _session = new Translator.Session(weights);
        _search = new BeamSearch(_session, new BeamSearchOptions { Beams = beams, StartToken = SentenceTokens.Start, StopTokens = [SentenceTokens.End] });
    }

    /// <summary>The translation that the model finds likeliest; what is longer than the model takes is cut off.</summary>
    /// <exception cref="InvalidDataException">The sentence is empty.</exception>
    public string Translate(string sentence)
    {
        int[] characters = _source.Encode(sentence, _session.SourceLength);
        if (characters.Length == 0) throw new InvalidDataException("There is no sentence to translate.");
        _session.Encode(0, characters);
        _search.Search([]);
        return _target.Decode(_search[0].Tokens);
    }

    /// <summary>BLEU of the translations of some pairs' sentences, Chinese character by character.</summary>
    public BleuScore Score(IEnumerable<SentencePair> pairs)
    {
        var bleu = new Bleu(BleuTokenization.Chinese);
        foreach (SentencePair pair in pairs) bleu.Add(Translate(pair.Source), pair.Target);
        return bleu.Score();
    }

    public void Dispose() => _session.Dispose();
}
