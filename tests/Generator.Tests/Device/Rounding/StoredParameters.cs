using Transformer.Compiled.Checkpoints;
using Parameter = Transformer.Compiled.Generator.Graph.Parameter;

namespace Generator.Tests.Device.Rounding;

/// <summary>Parameters in a model's memory as plain matrices.</summary>
internal static class StoredParameters
{
    public static unsafe double[] Read(ModelWeights weights, Parameter parameter)
    {
        ParameterInfo info = weights.Layout.Parameters.ToArray().Single(candidate => candidate.Name == parameter.Name);
        var values = new double[parameter.Elements];
        for (int i = 0; i < values.Length; i++) values[i] = weights.Storage.Value[info.ElementOffset(i / info.Columns, i % info.Columns)];
        GC.KeepAlive(weights);
        return values;
    }
}
