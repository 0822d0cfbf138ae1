using System.Globalization;
using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Passes of a BERT over one sequence, beside ONNX Runtime's over the same weights: as exported, and as its transformer optimizer fuses it.</summary>
internal sealed class EncoderComparison : IComparison
{
    private const int Length = 128;
    private const int Heads = 12;
    private const int MinimumTurns = 5;

    /// <summary>Passes of a turn that are counted. One before them is not: whose turn it is finds the caches full of the other's weights, and its threads asleep.</summary>
    private const int Passes = 4;
    private const double Tolerance = 2e-4;

    public string Name => "encoder";

    public bool KnowsThreadTime => true;

    public void Run(CompareContext context)
    {
        if (!OnnxRuntimePeer.IsNamed(context)) return;
        using (BertBase.Weights weights = BertBase.Weights.Initialize(1))
        {
            Compare(context, "BERT-base, 128 tokens", weights, () => new BertBase.Encoder(weights, context.Team), goal: 1.25);
        }
        using (MiniLm.Weights weights = MiniLm.Weights.Initialize(1))
        {
            Compare(context, "MiniLM-L6, 128 tokens", weights, () => new MiniLm.Encoder(weights, context.Team), goal: 1.4);
        }
    }

    private static void Compare(CompareContext context, string work, ModelWeights weights, Func<IEncoder> encoderOf, double goal)
    {
        Vary(weights);
        using IEncoder encoder = encoderOf();
        int[] tokens = [.. Enumerable.Range(0, Length).Select(i => i * 317 % encoder.VocabularySize)], mask = [.. Enumerable.Repeat(1, Length)], types = new int[Length];
        Dictionary<string, int[]> inputs = new() { [BertGraph.Tokens] = tokens, [BertGraph.Mask] = mask, [BertGraph.Types] = types };
        string file = Path.Combine(context.Folder, work.Split(',')[0]);
        using OnnxRuntimePeer? exported = Start(context, file + ".exported.onnx", new PlainBertGraph(weights, Heads, Length), inputs);
        if (exported is null) return;
        using OnnxRuntimePeer? fused = Start(context, file + ".fused.onnx", new FusedBertGraph(weights, Heads, Length), inputs);
        if (fused is null) return;

        encoder.Encode(tokens, mask, types);
        Check(encoder, exported, "the exported graph");
        Check(encoder, fused, "the fused graph");
        void Pass() => encoder.Encode(tokens, mask, types);
        Timing here = new("here", () => SecondsPerPass(Pass)), asExported = new("exported", () => exported.SecondsPerPass(Passes)), asFused = new("fused", () => fused.SecondsPerPass(Passes));
        Timing.Interleave([here, asExported, asFused], context.Duration / 2, MinimumTurns);
        double faster = Math.Min(asExported.Median, asFused.Median);
        foreach (Timing there in (Timing[])[asExported, asFused])
            context.Add(work, $"ONNX Runtime, {there.Name}", here.Median * 1e3, there.Median * 1e3, "ms", there.Median == faster ? goal : null);
    }

    private static double SecondsPerPass(Action pass)
    {
        pass();
        return Timing.SecondsOf(() =>
        {
            for (int i = 0; i < Passes; i++) pass();
        }) / Passes;
    }

    private static OnnxRuntimePeer? Start(CompareContext context, string path, BertGraph graph, IReadOnlyDictionary<string, int[]> inputs)
    {
        if (!File.Exists(path)) graph.Save(path);
        return OnnxRuntimePeer.TryStart(context, path, inputs);
    }

    /// <summary>Gives biases and norms values of their own, which initialisation does not, so that none can be lost unseen.</summary>
    private static void Vary(ModelWeights weights)
    {
        Random random = new(1);
        foreach (string name in weights.Names.Where(name => weights.Shape(name).Length == 1))
        {
            float[] values = new float[weights.Shape(name)[0]];
            weights.Export(name, values);
            weights.Import(name, [.. values.Select(value => value + (0.2f * (random.NextSingle() - 0.5f)))]);
        }
    }

    private static void Check(IEncoder encoder, OnnxRuntimePeer peer, string graph)
    {
        peer.SecondsPerPass(1);
        Check(encoder.HiddenStates, peer.Output(BertGraph.States), $"hidden states of {graph}");
        Check(encoder.Pooled, peer.Output(BertGraph.Pooled), $"pooled states of {graph}");
    }

    private static void Check(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, string what)
    {
        if (ours.Length != theirs.Length) throw new InvalidOperationException($"The two do not compute the same: {ours.Length} {what} here, {theirs.Length} in ONNX Runtime.");
        for (int i = 0; i < ours.Length; i++)
        {
            if (Math.Abs(ours[i] - theirs[i]) > Tolerance * (1 + Math.Abs(theirs[i])))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The two do not compute the same: {what} [{i}] is {ours[i]:G9} here, {theirs[i]:G9} in ONNX Runtime."));
        }
    }
}
