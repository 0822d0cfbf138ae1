using System.Globalization;

namespace Generator.Tests.Harness;

/// <summary>Declarations that combine the choices of <c>[Transformer]</c> freely, by a fixed seed.</summary>
internal static class RandomModels
{
    private static readonly string[] _activations = ["Relu", "Gelu", "GeluTanh", "Silu", "Tanh"];
    private static readonly string[] _norms = ["LayerNorm", "RmsNorm"];
    private static readonly string[] _placements = ["Pre", "Post"];
    private static readonly string[] _positions = ["None", "Learned", "Sinusoidal", "Rotary"];
    private static readonly string[] _layouts = ["Halves", "Interleaved"];
    private static readonly string[] _scalings = ["None", "Linear", "Llama3"];
    private static readonly string[] _initializations = ["Gpt2", "Xavier", "FanInUniform"];
    private static readonly string[] _flags = ["Gated", "QueryKeyNorm", "QueryBias", "KeyBias", "ValueBias", "AttentionOutputBias", "FeedForwardBias", "TiedHead", "HeadBias"];
    private static readonly string[] _dropouts = ["EmbeddingDropout", "AttentionDropout", "ResidualDropout"];

    /// <summary>The source of <paramref name="count"/> partial classes, <c>Model0</c> and on.</summary>
    public static string Source(int seed, int count)
    {
        var random = new Random(seed);
        return string.Join("\n", Enumerable.Range(0, count).Select(number => Declaration(random, number)));
    }

    private static string Declaration(Random random, int number)
    {
        int keyValueHeads = random.Next(1, 4);
        int heads = keyValueHeads * random.Next(1, 4);
        int context = random.Next(1, 40);
        List<string> values =
        [
            $"VocabularySize = {random.Next(2, 140)}", $"ContextLength = {context}", $"DModel = {2 * random.Next(1, 50)}",
            $"Heads = {heads}", $"KeyValueHeads = {keyValueHeads}", $"HeadDim = {2 * random.Next(1, 10)}", $"Layers = {random.Next(1, 3)}",
            $"FeedForwardDim = {random.Next(1, 200)}", $"Activation = Activation.{Pick(random, _activations)}", $"Norm = NormKind.{Pick(random, _norms)}",
            $"NormPlacement = NormPlacement.{Pick(random, _placements)}", $"Initialization = InitializationKind.{Pick(random, _initializations)}",
            $"EmbeddingScale = {(0.5 + random.NextDouble()).ToString("R", CultureInfo.InvariantCulture)}",
            .. Position(random),
            $"SlidingWindow = {random.Next(10)}",
            .. _flags.Select(flag => $"{flag} = {(random.Next(2) == 0 ? "false" : "true")}"),
            .. _dropouts.Where(_ => random.Next(2) == 0).Select(rate => $"{rate} = 0.{random.Next(1, 10)}"),
        ];
        string inference = random.Next(2) == 0 ? "" : $"[Inference(Batch = {random.Next(1, 4)}, PrefillChunk = {random.Next(1, context + 1)})]";
        string training = random.Next(3) == 0 ? "" : $"[Training(BatchSize = {random.Next(1, 4)}, SequenceLength = {random.Next(1, context + 1)})]";
        return $"[Transformer({string.Join(", ", values)})] {inference} {training} public partial class Model{number};";
    }

    private static IEnumerable<string> Position(Random random)
    {
        string kind = Pick(random, _positions);
        yield return $"Position = PositionKind.{kind}";
        if (kind is "Rotary" or "Sinusoidal") yield return $"PairLayout = PairLayout.{Pick(random, _layouts)}";
        if (kind != "Rotary") yield break;
        yield return "RotaryDim = 2";
        string scaling = Pick(random, _scalings);
        yield return $"RotaryScaling = RotaryScalingKind.{scaling}";
        if (scaling != "None") yield return "RotaryScalingFactor = 4";
    }

    private static string Pick(Random random, string[] names) => names[random.Next(names.Length)];
}
