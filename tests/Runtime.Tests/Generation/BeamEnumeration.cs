using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

/// <summary>Every text that the options allow, by going through all of them.</summary>
internal sealed class BeamEnumeration
{
    private readonly uint _seed;
    private readonly int _vocabulary;
    private readonly BeamSearchOptions _options;
    private readonly int[] _prompt;
    private readonly int _limit;

    public BeamEnumeration(uint seed, int vocabulary, BeamSearchOptions options, int[] prompt, int limit)
    {
        (_seed, _vocabulary, _options, _prompt, _limit) = (seed, vocabulary, options, prompt, limit);
        Extend([], 0);
    }

    public List<(int[] Tokens, double Score, double LogProbability)> Texts { get; } = [];

    private void Extend(int[] tokens, double logProbability)
    {
        int[] history = [.. _prompt, .. tokens];
        var logits = new float[_vocabulary];
        TableSession.LogitsAfter(_seed, Array.ConvertAll(history, t => (float)t), logits);
        double normalizer = Math.Log(logits.Sum(l => Math.Exp(l)));
        int length = tokens.Length + 1;
        for (int token = 0; token < _vocabulary; token++)
        {
            bool isEnd = _options.StopTokens.Contains(token);
            int? forced = ForcedAt(length);
            if (forced is null ? !Allows(history, length, token, isEnd) : token != forced) continue;
            double sum = forced is null ? logProbability + logits[token] - normalizer : logProbability;
            int[] text = isEnd ? tokens : [.. tokens, token];
            if (isEnd || length == _limit) Texts.Add((text, sum / Denominator(length), sum));
            else Extend(text, sum);
        }
    }

    private int? ForcedAt(int length)
    {
        if (length == _limit && _options.ForcedEndToken is { } end) return end;
        return length <= _options.ForcedTokens.Count ? _options.ForcedTokens[length - 1] : null;
    }

    private bool Allows(int[] history, int length, int token, bool isEnd)
    {
        if (isEnd && length <= _options.MinimumNewTokens) return false;
        int size = _options.NoRepeatNGram;
        if (size == 0) return true;
        string[] grams = [.. Enumerable.Range(0, Math.Max(0, history.Length - size + 1)).Select(i => string.Join(' ', history.Skip(i).Take(size)))];
        return history.Length < size - 1 || !grams.Contains(string.Join(' ', history.TakeLast(size - 1).Append(token)));
    }

    private double Denominator(int length) =>
        Math.Pow(_options.Normalization == LengthNormalization.Wu ? (5 + length) / 6.0 : length, _options.LengthPenalty);
}
