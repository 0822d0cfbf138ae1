using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>Odd shapes of attention over whole sequences, by what they are about.</summary>
internal static class AttentionCases
{
    public static IReadOnlyDictionary<string, AttentionCase> All { get; } = new Dictionary<string, AttentionCase>
    {
        ["one of everything"] = new(1, 1, 1, 1, 1, 1, 1),
        ["head of 7"] = new(3, 5, 5, 1, 1, 7, 7) { Causal = true },
        ["small tiles"] = new(2, 37, 37, 2, 1, 8, 8) { Causal = true },
        ["window"] = new(1, 41, 41, 2, 2, 16, 16) { Causal = true, Window = 5 },
        ["window both ways"] = new(1, 41, 41, 1, 1, 6, 6) { Window = 3 },
        ["more keys, narrower values"] = new(2, 3, 33, 4, 2, 12, 20),
        ["more queries"] = new(1, 35, 9, 3, 3, 5, 3) { Causal = true },
        ["queries beyond all windows"] = new(1, 35, 9, 1, 1, 5, 3) { Causal = true, Window = 4 },
        ["terms"] = new(3, 18, 23, 2, 1, 8, 12)
        {
            Terms = AttentionTermKinds.KeyMask | AttentionTermKinds.Distances | AttentionTermKinds.Scores | AttentionTermKinds.Pairs | AttentionTermKinds.Factors,
        },
        ["padding"] = new(3, 20, 20, 2, 2, 8, 8) { Terms = AttentionTermKinds.KeyMask },
        ["dropout, keys of fours"] = new(2, 9, 20, 2, 2, 8, 8) { Rate = 0.3f },
        ["dropout, odd keys"] = new(2, 9, 19, 2, 1, 8, 8) { Rate = 0.3f, Causal = true },
        ["dropout with terms"] = new(2, 9, 21, 2, 1, 8, 8) { Rate = 0.1f, Terms = AttentionTermKinds.KeyMask | AttentionTermKinds.Scores | AttentionTermKinds.Factors },
        ["large tiles"] = new(1, 130, 132, 1, 1, 64, 64) { Causal = true, Rate = 0.1f },
        ["large tiles, window"] = new(1, 150, 150, 1, 1, 20, 36) { Causal = true, Window = 20 },
        ["wide heads"] = new(1, 70, 68, 1, 1, 130, 256) { Rate = 0.2f },
        ["wide heads, short"] = new(1, 3, 5, 2, 1, 256, 129),
    };
}
