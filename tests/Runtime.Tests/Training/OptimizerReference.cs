using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>PyTorch's definition of each optimizer for one tensor, line by line, on doubles.</summary>
internal sealed class OptimizerReference(Optimizer optimizer, string name, float[] initial)
{
    private readonly double[] _parameter = Array.ConvertAll(initial, value => (double)value);
    private readonly double[] _mean = new double[initial.Length];
    private readonly double[] _square = new double[initial.Length];
    private readonly double[] _buffer = new double[initial.Length];

    public string Name { get; } = name;

    public void Update(int step, float[] gradient, double gradientScale)
    {
        for (int index = 0; index < _parameter.Length; index++)
        {
            double value = gradient[index] * gradientScale;
            if (optimizer.ClipValue > 0) value = Math.Clamp(value, -optimizer.ClipValue, optimizer.ClipValue);
            _parameter[index] = optimizer switch
            {
                AdamW adamW => Moments(adamW, step, index, _parameter[index] * (1 - Rate(step) * Decay), value),
                Adam adam => Moments(adam, step, index, _parameter[index], Penalized(value, index)),
                Sgd sgd => Descend(sgd, step, index, Penalized(value, index)),
                RmsProp rmsProp => RootMeanSquare(rmsProp, step, index, Penalized(value, index)),
                _ => throw new NotSupportedException(optimizer.Name),
            };
        }
    }

    public void AssertEqual(float[] actual)
    {
        for (int index = 0; index < actual.Length; index++) Assert.Equal(_parameter[index], actual[index], 5e-6);
    }

    private double Decay =>
        optimizer.NoDecay.Includes(TinyModel.Layout.Parameters[TinyModel.Layout.Tensor(Name).Rows[0].Parameter].Kind) ? 0 : optimizer.WeightDecay;

    private double Rate(int step) => optimizer.LearningRate.At(step);

    private double Penalized(double gradient, int index) => gradient + Decay * _parameter[index];

    private double Moments(MomentOptimizer settings, int step, int index, double parameter, double gradient)
    {
        double correction1 = 1 - Math.Pow(settings.Beta1, step + 1);
        double correction2 = 1 - Math.Pow(settings.Beta2, step + 1);
        _mean[index] += (gradient - _mean[index]) * (1 - settings.Beta1);
        _square[index] = _square[index] * settings.Beta2 + gradient * gradient * (1 - settings.Beta2);
        return parameter - Rate(step) / correction1 * _mean[index] / (Math.Sqrt(_square[index]) / Math.Sqrt(correction2) + settings.Epsilon);
    }

    private double Descend(Sgd settings, int step, int index, double gradient)
    {
        if (settings.Momentum != 0)
        {
            _buffer[index] = step == 0 ? gradient : settings.Momentum * _buffer[index] + (1 - settings.Dampening) * gradient;
            gradient = settings.MomentumForm == MomentumForm.Nesterov ? gradient + settings.Momentum * _buffer[index] : _buffer[index];
        }

        return _parameter[index] - Rate(step) * gradient;
    }

    private double RootMeanSquare(RmsProp settings, int step, int index, double gradient)
    {
        _square[index] = settings.Alpha * _square[index] + (1 - settings.Alpha) * gradient * gradient;
        double average = Math.Sqrt(_square[index]);
        if (settings.Centered)
        {
            _mean[index] += (gradient - _mean[index]) * (1 - settings.Alpha);
            average = Math.Sqrt(_square[index] - _mean[index] * _mean[index]);
        }

        average += settings.Epsilon;
        if (settings.Momentum == 0) return _parameter[index] - Rate(step) * gradient / average;
        _buffer[index] = settings.Momentum * _buffer[index] + gradient / average;
        return _parameter[index] - Rate(step) * _buffer[index];
    }
}
