using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// Decoding of <see cref="Llama110M"/>, float32: the time that a token takes beside that of reading as many bytes as the weights have, and
/// tokens a second beside llama.cpp and llama2.c.
/// </summary>
internal sealed class DecodeComparison : IComparison
{
    private const int Prompt = 128, Tokens = 128;

    public string Name => "decode";

    public void Run(CompareContext context)
    {
        using Llama110M.Weights weights = Llama110M.Weights.Initialize(1);
        LlamaTensors.Distinguish(weights);
        using var session = new Llama110M.Session(weights, context.Team);
        Bandwidth(context, session, weights.Layout.Floats);
        LlamaPeers peers = new(context, "llama-110m", new LlamaTensors(weights, Llama110M.Shape), session);
        peers.CompareDecoding(context, "decode, 110M Llama, float32", session, Tokens);
    }

    private static void Bandwidth(CompareContext context, Llama110M.Session session, nint floats)
    {
        session.Prefill([.. Enumerable.Range(0, Prompt).Select(i => i * 31 % Llama110M.VocabularySize)]);
        using var probe = new NativeBuffer<float>(floats);
        for (nint start = 0; start < floats; start += 1 << 20) probe.Span(start, (int)Math.Min(1 << 20, floats - start)).Fill(1);

        int token = 1;
        Timing decode = new("decode", () =>
        {
            if (session.Position == session.ContextLength)
            {
                session.Reset();
                session.Prefill([1]);
            }
            session.Decode(token);
            token = (token * 31 + 7) % Llama110M.VocabularySize;
        });
        Timing[] reads = [.. new[] { 1, 2, 4, 8 }.Select(streams => new Timing($"reading, {streams} stream(s)", () => MachineProbes.Read(context.Team, probe, streams)))];
        Timing.Interleave([.. reads, decode], context.Duration);

        double bytes = (double)floats * sizeof(float);
        context.Add("decode, 110M Llama, float32", "best read bandwidth", bytes / decode.Median * 1e-9, bytes / reads.Min(read => read.Median) * 1e-9, "GB/s", goal: 0.9);
    }
}
