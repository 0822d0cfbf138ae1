using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Adds parameters to a model with the initialisation that its spec asks for.</summary>
internal sealed class ParameterFactory(ModelGraph model, TransformerSpec spec)
{
    private readonly InitializationSpec _initialization = spec.Initialization;

    public bool Has(string name) => model.Find(name) is not null;

    public void Embedding(string name, int rows, int width)
    {
        Initializer initializer = _initialization.Kind == InitializationKind.XavierAll
            ? Uniform(Math.Sqrt(6.0 / (rows + width)))
            : Normal(_initialization.StandardDeviation);
        model.Add(new Parameter(name, ParameterKind.Embedding, rows, width, initializer));
    }

    /// <summary>A table that checkpoints hold and nothing reads: kept as it is.</summary>
    public void Unused(string name, int rows, int width) =>
        model.Add(new Parameter(name, ParameterKind.Embedding, rows, width, Initializer.Zeros) { IsTrained = false });

    /// <summary>A projection from <paramref name="inputs"/> to <paramref name="outputs"/> features, with a bias where it has one.</summary>
    public void Projection(string module, int inputs, int outputs, bool bias) =>
        Projection(module, inputs, outputs, bias, deviationDivisor: 1, outputs);

    /// <summary>A query, key or value projection, one of those that have <paramref name="together"/> outputs.</summary>
    public void AttentionProjection(string module, int inputs, int outputs, int together, bool bias) =>
        Projection(module, inputs, outputs, bias, deviationDivisor: 1, _initialization.Kind == InitializationKind.XavierAll ? together : outputs);

    /// <summary>A projection that writes the residual stream: GPT-2 narrows its initialisation with the number of such layers.</summary>
    public void ResidualProjection(string module, int inputs, int outputs, bool bias, int layers) =>
        Projection(module, inputs, outputs, bias, Math.Sqrt(2.0 * layers), outputs);

    /// <summary>The weights and the scale of a weighted sum: at first the mean.</summary>
    public void LayerSum(string weights, string scale, int count)
    {
        model.Add(new Parameter(weights, ParameterKind.Bias, count, 1, Initializer.Zeros));
        model.Add(new Parameter(scale, ParameterKind.Norm, 1, 1, Initializer.Ones));
    }

    public void Norm(string module, int width)
    {
        model.Add(new Parameter(ParameterNames.Weight(module), ParameterKind.Norm, width, 1, spec.Norm.WeightOffset == 0 ? Initializer.Ones : Initializer.Zeros));
        if (spec.Norm.Kind == NormKind.LayerNorm)
            model.Add(new Parameter(ParameterNames.Bias(module), ParameterKind.Bias, width, 1, Initializer.Zeros));
    }

    public void ProjectionBias(string module, int inputs, int outputs)
    {
        Initializer initializer = _initialization.Kind == InitializationKind.FanInUniform ? Uniform(1 / Math.Sqrt(inputs)) : Initializer.Zeros;
        model.Add(new Parameter(ParameterNames.Bias(module), ParameterKind.Bias, outputs, 1, initializer));
    }

    private void Projection(string module, int inputs, int outputs, bool bias, double deviationDivisor, int fanOut)
    {
        Initializer initializer = _initialization.Kind switch
        {
            InitializationKind.Gpt2 => Normal((float)(_initialization.StandardDeviation / deviationDivisor)),
            InitializationKind.Xavier or InitializationKind.XavierAll => Uniform(Math.Sqrt(6.0 / (inputs + fanOut))),
            InitializationKind.FanInUniform => Uniform(1 / Math.Sqrt(inputs)),
            InitializationKind unknown => throw new ArgumentException($"{unknown} is not an initialisation."),
        };
        model.Add(new Parameter(ParameterNames.Weight(module), ParameterKind.Projection, outputs, inputs, initializer));
        if (bias) ProjectionBias(module, inputs, outputs);
    }

    private static Initializer Normal(float deviation) => new(InitializerKind.Normal, deviation);

    private static Initializer Uniform(double bound) => new(InitializerKind.Uniform, (float)bound);
}
