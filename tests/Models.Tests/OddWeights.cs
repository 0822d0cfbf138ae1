using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>Parameters that tests draw and read.</summary>
internal static class OddWeights
{
    public const ulong Seed = 7;

    /// <summary>Fresh weights with biases and norms moved off their starting values, so that each of them matters.</summary>
    public static ModelWeights Perturbed(Func<ulong, ModelWeights> initialize)
    {
        ModelWeights weights = initialize(Seed);
        var random = new Random(11);
        foreach (string name in weights.Names)
        {
            float[] values = Export(weights, name);
            for (int i = 0; i < values.Length; i++) values[i] = values[i] + (random.NextSingle() - 0.5f) * 0.2f;
            weights.Import(name, values);
        }
        return weights;
    }

    /// <summary>All parameters drawn anew and large, so that sequences differ much in probability.</summary>
    public static T Randomized<T>(T weights, int seed)
        where T : ModelWeights
    {
        var random = new Random(seed);
        foreach (string name in weights.Names)
            weights.Import(name, [.. Enumerable.Range(0, Export(weights, name).Length).Select(_ => random.NextSingle() * 1.2f - 0.6f)]);
        return weights;
    }

    public static float[] Export(ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int dimension in weights.Shape(name)) count *= dimension;
        var values = new float[count];
        weights.Export(name, values);
        return values;
    }

    public static float[] ExportAll(ModelWeights weights) => [.. weights.Names.SelectMany(name => Export(weights, name))];
}
