using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// relu       max(x, 0)                         x > 0 ? 1 : 0
// gelu       x · Φ(x)                          Φ(x) + x · φ(x)
// gelu tanh  x · σ(2u)                         s + x · s · (1 − s) · 2u'        u = √(2/π) · (x + 0.044715 x³)
// silu       x · σ(x)                          s · (1 + x · (1 − s))
// tanh       tanh x                            1 − tanh² x

/// <summary>One activation: its value and its derivative; the same formulas as the run-time's ActivationFunctions.</summary>
internal sealed record ActivationFormula(Func<PtxBuilder, F32, F32> Apply, Func<PtxBuilder, F32, F32> Derivative)
{
    private const float InverseSqrtTwoPi = 0.398942280f;
    private const float TwoSqrtTwoOverPi = 1.59576912f;
    private const float Cubic = 0.044715f;

    private static readonly IReadOnlyDictionary<Activation, ActivationFormula> Formulas = new Dictionary<Activation, ActivationFormula>
    {
        [Activation.Relu] = new((k, x) => k.Greatest(x, 0f), (k, x) => k.Select(k.Greater(x, 0f), 1f, k.Greatest(x, 0f))),
        [Activation.Gelu] = new((k, x) => k.Multiply(x, Functions.NormalDistribution(k, x)), GeluDerivative),
        [Activation.GeluTanh] = new((k, x) => k.Multiply(x, Gate(k, x, k.Multiply(x, x))), GeluTanhDerivative),
        [Activation.Silu] = new((k, x) => k.Multiply(x, Functions.Sigmoid(k, x)), SiluDerivative),
        [Activation.Tanh] = new(Functions.Tanh, TanhDerivative),
    };

    public static ActivationFormula Of(Activation activation) => Formulas[activation];

    private static F32 GeluDerivative(PtxBuilder k, F32 x)
    {
        F32 limited = k.Clamp(x, -15f, 15f);
        F32 density = Functions.Exp(k, k.Multiply(k.Multiply(limited, limited), -0.5f));
        return k.MultiplyAdd(k.Multiply(limited, InverseSqrtTwoPi), density, Functions.NormalDistribution(k, x));
    }

    private static F32 GeluTanhDerivative(PtxBuilder k, F32 x)
    {
        F32 limited = k.Clamp(x, -10f, 10f);
        F32 square = k.Multiply(limited, limited);
        F32 gate = Gate(k, limited, square);
        F32 inner = k.MultiplyAdd(square, 3f * Cubic * TwoSqrtTwoOverPi, TwoSqrtTwoOverPi);
        F32 rest = k.MultiplyAdd(k.Negate(gate), gate, gate);
        return k.MultiplyAdd(k.Multiply(limited, inner), rest, gate);
    }

    private static F32 SiluDerivative(PtxBuilder k, F32 x)
    {
        F32 limited = k.Clamp(x, -100f, 100f);
        F32 gate = Functions.Sigmoid(k, limited);
        return k.Multiply(gate, k.MultiplyAdd(limited, k.Subtract(1f, gate), 1f));
    }

    private static F32 TanhDerivative(PtxBuilder k, F32 x)
    {
        F32 value = Functions.Tanh(k, x);
        return k.MultiplyAdd(k.Negate(value), value, 1f);
    }

    /// <summary>σ(2u).</summary>
    private static F32 Gate(PtxBuilder k, F32 x, F32 square) =>
        Functions.Sigmoid(k, k.Multiply(x, k.MultiplyAdd(square, Cubic * TwoSqrtTwoOverPi, TwoSqrtTwoOverPi)));
}
