using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>Values for a model's parameters, those of norms about 1 and the others about 0, and for its tables.</summary>
internal static class RandomParameters
{
    private const double Spread = 0.6;

    public static void Fill(ModelGraph model, SsaValues values, Random random)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            double centre = parameter.Kind == ParameterKind.Norm ? 1 : 0;
            values.Set(parameter.Tensor, [.. Enumerable.Range(0, (int)parameter.Elements).Select(_ => centre + (Spread * ((2 * random.NextDouble()) - 1)))]);
        }

        foreach (TableSet tables in model.Tables) TableRules.Fill(tables, values);
    }
}
