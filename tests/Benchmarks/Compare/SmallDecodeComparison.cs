using Transformer.Compiled.Benchmarks.Formats;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Decoding of <see cref="Llama15M"/>, float32, most of which is its vocabulary, beside llama.cpp and llama2.c.</summary>
internal sealed class SmallDecodeComparison : IComparison
{
    private const int Tokens = Llama15M.ContextLength - 1;

    public string Name => "decode-15m";

    public void Run(CompareContext context)
    {
        using Llama15M.Weights weights = Llama15M.Weights.Initialize(1);
        LlamaTensors.Distinguish(weights);
        using var session = new Llama15M.Session(weights, context.Team);
        LlamaPeers peers = new(context, "llama-15m", new LlamaTensors(weights, Llama15M.Shape), session);
        peers.CompareDecoding(context, "decode, 15M Llama, float32", session, Tokens);
    }
}
