using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

/// <summary>What a generated Weights class looks like from outside, for any layout.</summary>
internal sealed class TestWeights(ModelLayout layout) : ModelWeights(layout)
{
    public static TestWeights Load(ModelLayout layout, string path)
    {
        var weights = new TestWeights(layout);
        weights.LoadFrom(path);
        return weights;
    }

    public static TestWeights LoadPretrained(ModelLayout layout, string path, ulong seed, MismatchedSizes mismatchedSizes = MismatchedSizes.Refuse)
    {
        var weights = new TestWeights(layout);
        weights.LoadPretrainedFrom(path, seed, mismatchedSizes);
        return weights;
    }

    public static TestWeights Initialize(ModelLayout layout, ulong seed)
    {
        var weights = new TestWeights(layout);
        weights.InitializeFrom(seed);
        return weights;
    }

    public float[] Export(string name)
    {
        var values = new float[Layout.Tensor(name).Count];
        Export(name, values);
        return values;
    }
}
