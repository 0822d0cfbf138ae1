namespace Generator.Tests.Emission;

/// <summary>Declarations in which every two choices of different kinds meet.</summary>
internal static class SpecCombinations
{
    private static readonly string[][] s_choices =
    [
        [
            "VocabularySize = 131, ContextLength = 33, DModel = 80, Heads = 5, Layers = 2, FeedForwardDim = 200",
            "VocabularySize = 131, ContextLength = 33, DModel = 72, Heads = 9, KeyValueHeads = 3, Layers = 2, FeedForwardDim = 200",
            "VocabularySize = 7, ContextLength = 17, DModel = 10, Heads = 2, HeadDim = 7, Layers = 3, FeedForwardDim = 13",
            "VocabularySize = 131, ContextLength = 33, DModel = 16, Heads = 1, Layers = 1",
            "VocabularySize = 32, ContextLength = 1, DModel = 16, Heads = 4, KeyValueHeads = 1, Layers = 1",
        ],
        ["Norm = NormKind.LayerNorm", "Norm = NormKind.RmsNorm, NormEpsilon = 1e-6"],
        ["NormPlacement = NormPlacement.Pre", "NormPlacement = NormPlacement.Post"],
        [
            "Position = PositionKind.None",
            "Position = PositionKind.Learned",
            "Position = PositionKind.Sinusoidal",
            "Position = PositionKind.Sinusoidal, PairLayout = PairLayout.Interleaved",
            "Position = PositionKind.Rotary, RotaryDim = 4",
            "Position = PositionKind.Rotary, RotaryDim = 2, PairLayout = PairLayout.Interleaved, RotaryTheta = 500000.5",
            "Position = PositionKind.Rotary, RotaryDim = 4, RotaryScaling = RotaryScalingKind.Linear, RotaryScalingFactor = 2.5",
            "Position = PositionKind.Rotary, RotaryDim = 4, RotaryScaling = RotaryScalingKind.Llama3, RotaryScalingFactor = 8",
        ],
        ["Activation = Activation.Relu", "Activation = Activation.Gelu", "Activation = Activation.GeluTanh", "Activation = Activation.Silu", "Activation = Activation.Tanh"],
        ["Gated = false", "Gated = true"],
        ["Biases = true", "Biases = false", "KeyBias = false, AttentionOutputBias = false", "FeedForwardBias = false, QueryBias = false"],
        ["TiedHead = true", "TiedHead = true, HeadBias = true", "TiedHead = false", "TiedHead = false, HeadBias = true"],
        ["QueryKeyNorm = false", "QueryKeyNorm = true"],
        ["SlidingWindow = 0", "SlidingWindow = 5"],
        ["", "EmbeddingDropout = 0.1, AttentionDropout = 0.2, ResidualDropout = 0.3", "AttentionDropout = 0.1", "ResidualDropout = 0.05"],
        ["EmbeddingScale = 1", "EmbeddingScale = 8.9442719"],
        ["Initialization = InitializationKind.Gpt2", "Initialization = InitializationKind.Xavier", "Initialization = InitializationKind.FanInUniform"],
    ];

    private static readonly string[] s_programs =
    [
        "", "Inference(Batch = 3, PrefillChunk = 1)", "Training(BatchSize = 2, SequenceLength = 1, LabelSmoothing = 0.1)",
        "Inference(PrefillChunk = 1), Training(BatchSize = 1, SequenceLength = 1, Frozen = [\"embedding.*\", \"*norm.weight\"])",
        "Inference(Batch = 1), Training(BatchSize = 3, SequenceLength = 1, Frozen = [\"layers.0.*\"])",
    ];

    /// <summary>The attribute lists of classes.</summary>
    public static IReadOnlyList<string> Attributes { get; } = [.. Pairwise([.. s_choices, s_programs]).Select(Attribute)];

    private static string Attribute(string[] choices)
    {
        string transformer = $"Transformer({string.Join(", ", choices[..^1].Where(choice => choice.Length > 0))})";
        return choices[^1].Length == 0 ? $"[{transformer}]" : $"[{transformer}, {choices[^1]}]";
    }

    /// <summary>Rows that cover all pairs, chosen greedily: each takes, choice by choice, the level that meets the most new others.</summary>
    private static IEnumerable<string[]> Pairwise(string[][] kinds)
    {
        var open = new HashSet<(int, int, int, int)>();
        for (int a = 0; a < kinds.Length; a++)
        {
            for (int b = a + 1; b < kinds.Length; b++)
            {
                for (int i = 0; i < kinds[a].Length; i++)
                {
                    for (int j = 0; j < kinds[b].Length; j++) open.Add((a, i, b, j));
                }
            }
        }
        while (open.Count > 0)
        {
            (int firstKind, int firstLevel, int secondKind, int secondLevel) = open.Min();
            var row = new Dictionary<int, int> { [firstKind] = firstLevel, [secondKind] = secondLevel };
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                if (row.ContainsKey(kind)) continue;
                int current = kind;
                row[kind] = Enumerable.Range(0, kinds[kind].Length).MaxBy(level => row.Count(other => open.Contains(Pair(current, level, other.Key, other.Value))));
            }
            foreach ((int a, int i) in row)
            {
                foreach ((int b, int j) in row) open.Remove((a, i, b, j));
            }
            yield return [.. kinds.Select((levels, kind) => levels[row[kind]])];
        }
    }

    private static (int, int, int, int) Pair(int a, int i, int b, int j) => a < b ? (a, i, b, j) : (b, j, a, i);
}
