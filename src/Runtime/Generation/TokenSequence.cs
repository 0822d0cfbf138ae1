namespace Transformer.Compiled.Generation;

/// <summary>The loop of generation, one token a call.</summary>
internal sealed class TokenSequence
{
    private readonly IDecoderSession _session;
    private readonly Sampler _sampler;
    private readonly int[] _prompt;
    private readonly int[] _stopTokens;
    private readonly int _newTokens;
    private readonly int _maximumLength;
    private int _left;
    private int _last;
    private bool _isStarted;

    public TokenSequence(IDecoderSession session, ReadOnlySpan<int> prompt, Sampler sampler, GenerationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(sampler);
        options ??= new GenerationOptions();
        _session = session;
        _sampler = sampler;
        _prompt = prompt.ToArray();
        _stopTokens = [.. options.StopTokens];
        _newTokens = options.NewTokens ?? int.MaxValue;
        _maximumLength = Math.Min(options.MaximumLength ?? int.MaxValue, session.ContextLength);
    }

    /// <summary>The next token, or null at the end.</summary>
    public int? Next()
    {
        if (!_isStarted) Start();
        if (_left <= 0) return null;
        bool isFirst = _last < 0;
        int token = isFirst ? _sampler.Sample(_session.Logits, _session.History) : _session.Next(_last, _sampler);
        _last = token;
        _left--;
        if (!_stopTokens.AsSpan().Contains(token)) return token;
        _left = 0;
        return null;
    }

    private void Start()
    {
        if (_prompt.Length > 0 || _session.Position == 0) _session.Prefill(_prompt);
        _left = Math.Min(_newTokens, _maximumLength - _session.Position);
        _last = -1;
        _isStarted = true;
    }
}
