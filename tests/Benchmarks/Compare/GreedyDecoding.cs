using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Tokens one by one after the start token, each the likeliest.</summary>
internal static class GreedyDecoding
{
    /// <summary>The tokens that follow the start token.</summary>
    public static int[] Tokens(IDecoderSession session, int count)
    {
        session.Reset();
        int[] tokens = new int[count];
        int token = LlamaTensors.Beginning;
        for (int i = 0; i < count; i++) tokens[i] = token = session.Next(token, Sampler.Greedy);
        return tokens;
    }

    /// <summary>Seconds for each token from the second to the last of <paramref name="count"/>, as llama2.c counts.</summary>
    public static double SecondsPerToken(IDecoderSession session, int count)
    {
        session.Reset();
        int token = session.Next(LlamaTensors.Beginning, Sampler.Greedy);
        long start = Timing.Clock();
        for (int i = 1; i < count; i++) token = session.Next(token, Sampler.Greedy);
        return (Timing.Clock() - start) * 1e-9 / (count - 1);
    }
}
