using System.Globalization;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Decoding of <see cref="Llama110M"/>: bytes of weights and cache read per token over time, as a share of the best read bandwidth measured between the tokens.</summary>
internal static class DecodeReport
{
    private const int Prompt = 128;

    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        using Llama110M.Weights weights = Llama110M.Weights.Initialize(1);
        using var session = new Llama110M.Session(weights, team);
        session.Prefill([.. Enumerable.Range(0, Prompt).Select(i => i * 31 % Llama110M.VocabularySize)]);
        nint floats = weights.Layout.Floats;
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
        Timing[] probes = [.. new[] { 1, 2, 4, 8 }.Select(streams => new Timing($"read, {streams} stream(s)", () => MachineProbes.Read(team, probe, streams)))];
        Timing.Interleave([.. probes, decode], duration);

        double bytes = (double)floats * sizeof(float), read = bytes / probes.Min(p => p.Median);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"decode, 110M Llama, float32, {team.Threads} thread(s): {bytes / 1e6:F0} MB of weights a token; medians"));
        foreach (Timing timing in (Timing[])[.. probes, decode])
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {timing.Name,-18} {timing.Median * 1e3,8:F2} ms {bytes / timing.Median / 1e9,8:F1} GB/s {bytes / timing.Median / read,8:P1} of the best read"));
    }
}
