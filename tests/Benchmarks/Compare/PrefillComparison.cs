using Transformer.Compiled.Benchmarks.Formats;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A prompt of a 110M Llama with float32 weights, up to the logits of its last token, beside llama.cpp.</summary>
internal sealed class PrefillComparison : IComparison
{
    private const int MinimumRounds = 5;

    public string Name => "prefill";

    public void Run(CompareContext context)
    {
        using Llama110M.Weights weights = Llama110M.Weights.Initialize(1);
        LlamaTensors.Distinguish(weights);
        using var session = new Llama110M.Session(weights, context.Team);
        LlamaPeers peers = new(context, "llama-110m", new LlamaTensors(weights, Llama110M.Shape), session);
        foreach (int tokens in (int[])[128, 512])
        {
            if (peers.Prefill(tokens) is not { } there) return;
            int[] prompt = [.. Enumerable.Range(0, tokens).Select(i => i * 31 % Llama110M.VocabularySize)];
            void Prefill()
            {
                session.Reset();
                session.Prefill(prompt);
            }
            Timing here = new("prefill", () =>
            {
                Prefill(); // llama-bench's repetition follows a warm-up too
                return Timing.SecondsOf(Prefill);
            });
            Timing.Interleave([here, there], context.Duration / 2, MinimumRounds);
            context.Add($"prefill, 110M Llama, float32, {tokens} tokens", there.Name, tokens / here.Median, tokens / there.Median, "tokens/s", goal: 1.9);
        }
    }
}
