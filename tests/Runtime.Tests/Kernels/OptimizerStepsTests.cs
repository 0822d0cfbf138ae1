using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>Runs of each optimizer's kernel against scalar code in double, from zero state.</summary>
public sealed class OptimizerStepsTests
{
    private const int Steps = 20;
    private const double Rate = 1e-2, Penalty = 0.1, Decay = 0.9, Momentum = 0.8, Epsilon = 1e-2, Scale = 0.25, Limit = 0.3;

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(20_003)]
    public void Adam_with_a_penalty_agrees(int count)
    {
        const double Beta = 0.95;
        double[] means = new double[count], squares = new double[count];
        Check(count, [means, squares], (step, i, p, g) =>
        {
            means[i] = Decay * means[i] + (1 - Decay) * g;
            squares[i] = Beta * squares[i] + (1 - Beta) * g * g;
            double root = Math.Sqrt(squares[i] / (1 - Math.Pow(Beta, step)));
            return p - Rate * means[i] / (1 - Math.Pow(Decay, step)) / (root + Epsilon);
        }, (team, gradient, step, p, state) => OptimizerSteps.Adam<Chosen>(team, gradient, new(
            (float)Penalty, 1, (float)Decay, (float)(1 - Decay), (float)Beta, (float)(1 - Beta),
            (float)(Rate / (1 - Math.Pow(Decay, step))), (float)Math.Sqrt(1 - Math.Pow(Beta, step)), (float)Epsilon), count, p, state[0], state[1]));
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(47, Momentum)]
    [InlineData(20_003, 0.0)]
    [InlineData(20_003, Momentum)]
    public void Descent_with_momentum_agrees(int count, double lookAhead)
    {
        const double Dampening = 0.25;
        double[] buffer = new double[count];
        Check(count, [buffer], (step, i, p, g) =>
        {
            buffer[i] = step == 1 ? g : Momentum * buffer[i] + (1 - Dampening) * g;
            return p - Rate * (lookAhead == 0 ? buffer[i] : g + lookAhead * buffer[i]);
        }, (team, gradient, step, p, state) => OptimizerSteps.Sgd<Chosen>(
            team, gradient, new((float)Rate, (float)Penalty, (float)Momentum, (float)(step == 1 ? 1 : 1 - Dampening), (float)lookAhead), count, p, state[0]));
    }

    [Theory]
    [InlineData(47)]
    [InlineData(20_003)]
    public void Descent_without_momentum_agrees(int count) => Check(
        count, [], (_, _, p, g) => p - Rate * g,
        (team, gradient, _, p, _) => OptimizerSteps.Sgd<Chosen>(team, gradient, new((float)Rate, (float)Penalty, 0, 1, 0), count, p, default));

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(20_003)]
    public void RmsProp_agrees(int count)
    {
        double[] squares = new double[count];
        Check(count, [squares], (_, i, p, g) =>
        {
            squares[i] = Decay * squares[i] + (1 - Decay) * g * g;
            return p - Rate * g / (Math.Sqrt(squares[i]) + Epsilon);
        }, (team, gradient, _, p, state) => OptimizerSteps.RmsProp<Chosen>(team, gradient, RmsProp, count, p, state[0], default, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(20_003)]
    public void Centred_RmsProp_with_momentum_agrees(int count)
    {
        double[] squares = new double[count], means = new double[count], buffer = new double[count];
        Check(count, [squares, means, buffer], (_, i, p, g) =>
        {
            squares[i] = Decay * squares[i] + (1 - Decay) * g * g;
            means[i] = Decay * means[i] + (1 - Decay) * g;
            buffer[i] = Momentum * buffer[i] + g / (Math.Sqrt(squares[i] - means[i] * means[i]) + Epsilon);
            return p - Rate * buffer[i];
        }, (team, gradient, _, p, state) => OptimizerSteps.RmsProp<Chosen>(team, gradient, RmsProp, count, p, state[0], state[1], state[2]));
    }

    [Fact]
    public void A_variance_that_rounds_below_zero_is_zero()
    {
        using KernelTest test = new();
        RmsPropCoefficients c = RmsProp with { Penalty = 0, Alpha = 1, OneMinusAlpha = 0 };
        ScaledGradient gradient = new(test.Source([1f]), 1, float.PositiveInfinity);
        test.Check([[-Rate / Epsilon], [1 - 1e-3], [1]], (team, o) =>
        {
            o[0][0] = 0;
            o[1][0] = (float)(1 - 1e-3);
            o[2][0] = 1;
            OptimizerSteps.RmsProp<Chosen>(team, gradient, c, 1, o[0].Pointer, o[1].Pointer, o[2].Pointer, default);
        });
    }

    private static RmsPropCoefficients RmsProp =>
        new((float)Rate, (float)Penalty, (float)Decay, (float)(1 - Decay), (float)Epsilon, (float)Momentum);

    private delegate double ReferenceStep(int step, int index, double parameter, double gradient);

    private delegate void KernelStep(
        ComputeTeam team, ScaledGradient gradient, int step, Pointer<float> parameter, GuardedBuffer<float>[] state);

    private static void Check(int count, double[][] state, ReferenceStep reference, KernelStep kernel)
    {
        using KernelTest test = new();
        test.Source(count, out double[] initial);
        var gradients = new ScaledGradient[Steps];
        double[] parameters = [.. initial];
        for (int step = 1; step <= Steps; step++)
        {
            gradients[step - 1] = new(test.Source(count, out double[] draws), (float)Scale, (float)Limit);
            for (int i = 0; i < count; i++)
                parameters[i] = reference(step, i, parameters[i], Math.Clamp(Scale * draws[i], -Limit, Limit) + Penalty * parameters[i]);
        }

        var buffers = new GuardedBuffer<float>[state.Length];
        float[] start = Array.ConvertAll(initial, value => (float)value);
        test.Check([parameters, .. state], (team, operands) =>
        {
            start.CopyTo(operands[0].Span);
            for (int i = 0; i < buffers.Length; i++)
            {
                buffers[i] = operands[i + 1];
                buffers[i].Span.Clear();
            }

            for (int step = 1; step <= Steps; step++) kernel(team, gradients[step - 1], step, operands[0], buffers);
        }, 2e-5);
    }
}
