using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>
/// The tolerance of values: the polynomials are within 4 units in the last place (6e-8 each) of the function, and the products after them add as
/// many roundings. That of slopes: GELU's tanh form multiplies s · (1 − s), which has the absolute error of s (1.2e-7), by x · 2u', which is
/// at most 15 where s is not yet 1 in single precision, and the slope of the test's loss is up to 2.
/// </summary>
public sealed class ActivationTests
{
    private const double Absolute = 4e-7;
    private const double Relative = 6e-7;
    private const double Slope = 1.2e-7 * 15 * 2;

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string activation in Enum.GetNames(typeof(Activation)))
            {
                data.Add(activation, 1, 7);
                data.Add(activation, 5, 260);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValuesAndDerivativesAreThoseOfTheFunction(string name, int rows, int columns)
    {
        Activation activation = Enum.Parse<Activation>(name);
        using var device = new Device();
        float[] x = Inputs(rows * columns), dy = Numbers.Random(2, x.Length);
        DeviceBuffer y = device.Unwritten(x.Length), dx = device.Of(dy);
        device.Run(ElementwiseKernels.Activate(Extent.Of(rows), columns, activation), device.Of(x), y);
        device.Run(ElementwiseKernels.ActivateGradient(Extent.Of(rows), columns, activation), device.Of(x), dx, dx);
        Numbers.Close([.. x.Select(value => Value(activation, value))], y.Floats(), Absolute, Relative);
        Numbers.Close([.. x.Zip(dy, (value, slope) => Derivative(activation, value) * slope)], dx.Floats(), Slope, Relative);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GatesMultiply(string name, int rows, int columns)
    {
        Activation activation = Enum.Parse<Activation>(name);
        using var device = new Device();
        float[] gate = Inputs(rows * columns), up = Numbers.Random(3, gate.Length), dy = Numbers.Random(2, gate.Length);
        DeviceBuffer y = device.Unwritten(gate.Length), dGate = device.Unwritten(gate.Length), dUp = device.Unwritten(gate.Length);
        device.Run(ElementwiseKernels.GatedActivate(Extent.Of(rows), columns, activation), device.Of(gate), device.Of(up), y);
        device.Run(ElementwiseKernels.GatedActivateGradient(Extent.Of(rows), columns, activation), device.Of(gate), device.Of(up), device.Of(dy), dGate, dUp);
        Numbers.Close([.. gate.Select((value, i) => Value(activation, value) * up[i])], y.Floats(), 2 * Absolute, Relative);
        Numbers.Close([.. gate.Select((value, i) => Derivative(activation, value) * up[i] * dy[i])], dGate.Floats(), 2 * Slope, Relative);
        Numbers.Close([.. gate.Select((value, i) => Value(activation, value) * dy[i])], dUp.Floats(), 2 * Absolute, Relative);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Gelu")]
    [InlineData("GeluTanh")]
    [InlineData("Silu")]
    [InlineData("Tanh")]
    public void NaNStaysNaNAndGreatValuesStayFinite(string name)
    {
        Activation activation = Enum.Parse<Activation>(name);
        using var device = new Device();
        float[] x = [float.NaN, 1e30f, -1e30f, 200f, -200f, 0f, -0f, 1e-40f];
        float[] ones = [1, 1, 1, 1, 1, 1, 1, 1];
        DeviceBuffer y = device.Unwritten(8), dx = device.Unwritten(8);
        device.Run(ElementwiseKernels.Activate(Extent.Of(1), 8, activation), device.Of(x), y);
        device.Run(ElementwiseKernels.ActivateGradient(Extent.Of(1), 8, activation), device.Of(x), device.Of(ones), dx);
        Assert.Equal(float.NaN, y.Floats()[0]);
        Assert.Equal(float.NaN, dx.Floats()[0]);
        Numbers.Close([.. x.Skip(1).Select(value => Value(activation, value))], y.Floats()[1..], 1e-7, Relative);
        Assert.All(dx.Floats()[1..], slope => Assert.InRange(slope, -1e-3f, 1.001f));
    }

    private static float[] Inputs(int count) => [.. Numbers.Random(1, count).Select((value, i) => i % 3 == 0 ? value * 8 : value)];

    private static double Value(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Gelu => x * NormalDistribution(x),
        Activation.GeluTanh => x * Sigmoid(2 * Inner(x)),
        Activation.Silu => x * Sigmoid(x),
        _ => Math.Tanh(x),
    };

    private static double Derivative(Activation activation, double x)
    {
        double s = Sigmoid(activation == Activation.GeluTanh ? 2 * Inner(x) : x);
        return activation switch
        {
            Activation.Relu => x > 0 ? 1 : 0,
            Activation.Gelu => NormalDistribution(x) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
            Activation.GeluTanh => s + (x * s * (1 - s) * 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x))),
            Activation.Silu => s * (1 + (x * (1 - s))),
            _ => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        };
    }

    private static double Inner(double x) => Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>½ + φ(x) · Σ x^(2n+1) / (2n+1)!!, whose terms do not alternate.</summary>
    private static double NormalDistribution(double x)
    {
        if (Math.Abs(x) > 20) return x > 0 ? 1 : 0;
        double term = x, sum = x;
        for (int n = 1; n < 600; n++) sum += term *= x * x / ((2 * n) + 1);
        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
