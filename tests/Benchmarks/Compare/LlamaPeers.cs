using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// The programs that run a Llama beside this one, with files of the same weights. Before anything is timed, llama.cpp's perplexity and
/// llama2.c's greedy tokens have to be those of the session here.
/// </summary>
internal sealed class LlamaPeers
{
    private const int Window = 64, Windows = 3, GreedyTokens = 48, MinimumRounds = 5;
    private const double Tolerance = 2e-5;

    private readonly LlamaCppPeer? _llamaCpp;
    private readonly Llama2cPeer? _llama2c;
    private readonly string _gguf;
    private readonly string _checkpoint;
    private readonly string _numbers;

    /// <param name="context">What to run with.</param>
    /// <param name="name">The model's name among the files.</param>
    /// <param name="tensors">Its weights.</param>
    /// <param name="session">A session on these weights.</param>
    public LlamaPeers(CompareContext context, string name, LlamaTensors tensors, IDecoderSession session)
    {
        _gguf = Path.Combine(context.Folder, name + ".gguf");
        _checkpoint = Path.Combine(context.Folder, name + ".bin");
        _numbers = Path.Combine(context.Folder, name + ".tokens.bin");
        _llamaCpp = LlamaCppPeer.TryFind(context);
        _llama2c = Llama2cPeer.TryFind(context);
        if (_llamaCpp is not null)
        {
            if (!File.Exists(_gguf)) LlamaGguf.Write(_gguf, tensors);
            CheckPerplexity(_llamaCpp, Path.Combine(context.Folder, "text.txt"), session);
        }
        if (_llama2c is not null)
        {
            if (!File.Exists(_checkpoint)) Llama2cWriter.WriteCheckpoint(_checkpoint, tensors);
            Llama2cWriter.WriteNumbers(_numbers, tensors.Shape.VocabularySize);
            CheckTokens(_llama2c, session);
        }
    }

    /// <summary>Times greedy decoding of so many tokens from an empty cache, here and at each peer in turn, and adds a line for each peer.</summary>
    public void CompareDecoding(CompareContext context, string work, IDecoderSession session, int tokens)
    {
        List<Timing> there = [];
        if (_llamaCpp is { } peer) there.Add(new Timing(LlamaCppPeer.Name, () => peer.DecodeSecondsPerToken(_gguf, tokens)));
        if (Llama2cDecoding(tokens) is { } timing) there.Add(timing);
        if (there.Count == 0) return;
        Timing here = new("decode", () => GreedyDecoding.SecondsPerToken(session, tokens));
        Timing.Interleave([here, .. there], context.Duration, MinimumRounds);
        foreach (Timing other in there)
            context.Add($"{work}, {tokens} tokens", other.Name, 1 / here.Median, 1 / other.Median, "tokens/s", goal: 1);
    }

    /// <summary>Seconds for each of so many tokens at llama2.c.</summary>
    public Timing? Llama2cDecoding(int tokens) =>
        _llama2c is { } peer ? new Timing(Llama2cPeer.Name, () => peer.SecondsPerToken(_checkpoint, _numbers, tokens)) : null;

    /// <summary>Seconds of a prompt of so many tokens; llama2.c takes prompts token by token.</summary>
    public Timing? Prefill(int tokens) =>
        _llamaCpp is { } peer ? new Timing(LlamaCppPeer.Name, () => peer.PrefillSeconds(_gguf, tokens)) : null;

    /// <summary>As llama-perplexity has it: windows that begin with the start token, of which the second halves count.</summary>
    private static double Perplexity(IDecoderSession session, int[] tokens)
    {
        List<float> scores = [];
        for (int start = 0; start < tokens.Length; start += Window)
        {
            session.Reset();
            scores.AddRange(session.Score([LlamaTensors.Beginning, .. tokens.AsSpan(start + 1, Window - 1)]).LogProbabilities[(Window / 2)..]);
        }
        return new SequenceScore([.. scores]).Perplexity;
    }

    private void CheckPerplexity(LlamaCppPeer peer, string textFile, IDecoderSession session)
    {
        Random random = new(1);
        string text = string.Concat(Enumerable.Range(1, (Windows * Window) - 1).Select(_ => (char)random.Next('a', 'z' + 1)));
        File.WriteAllText(textFile, text);
        double here = Perplexity(session, [LlamaTensors.Beginning, .. text.Select(letter => letter + LlamaGguf.FirstByte)]);
        double there = peer.Perplexity(_gguf, textFile, Window);
        if (Math.Abs(here - there) > Tolerance * there)
            throw new InvalidOperationException($"The two do not compute the same: perplexity {here} here, {there} in llama.cpp.");
    }

    private void CheckTokens(Llama2cPeer peer, IDecoderSession session)
    {
        int[] here = GreedyDecoding.Tokens(session, GreedyTokens), there = peer.Tokens(_checkpoint, _numbers, GreedyTokens);
        if (!here.AsSpan().SequenceEqual(there))
            throw new InvalidOperationException($"The two do not compute the same: tokens {string.Join(' ', here)} here, {string.Join(' ', there)} in llama2.c.");
    }
}
