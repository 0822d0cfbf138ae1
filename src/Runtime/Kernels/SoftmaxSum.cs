using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y = γ · Σ s_l · x_l        s = softmax(w)                        (Peters et al. 2018, equation 1)
// dx_l = γ · s_l · dy + addend
// dw_l = γ · s_l · (d_l − Σ s_k · d_k) + addend        dγ = Σ s_l · d_l + addend        d_l = dy·x_l
// A tile of the products d is one tensor, in chunks that are summed in float and added in order in double.

/// <summary>A learned mean of several tensors of one size.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class SoftmaxSum
{
    private const int Chunk = 16 * 1024;

    /// <summary>The most tensors, whose factors are on the caller's stack.</summary>
    private const int MostLayers = 4096;

    /// <summary>y[count] from the layers, each [count], with weights[layers] and gamma[1]; <paramref name="y"/> may be any layer.</summary>
    public static void Forward(
        ComputeTeam team, ReadOnlySpan<Pointer<float>> layers, Pointer<float> weights, Pointer<float> gamma, nint count, Pointer<float> y) =>
        Forward<Fastest>(team, layers, weights, gamma, count, y);

    /// <summary>dx[count] of one layer; it may be <paramref name="dy"/>, and <paramref name="addend"/> (or none) may be dx.</summary>
    public static void InputGradient(
        ComputeTeam team, Pointer<float> dy, Pointer<float> weights, Pointer<float> gamma, Pointer<float> addend, int layers, int layer, nint count, Pointer<float> dx) =>
        InputGradient<Fastest>(team, dy, weights, gamma, addend, layers, layer, count, dx);

    /// <summary>dWeights[layers] and dGamma[1]; the addends (or none) may be the destinations.</summary>
    public static void ParameterGradient(
        ComputeTeam team, Pointer<float> dy, ReadOnlySpan<Pointer<float>> layers, Pointer<float> weights, Pointer<float> gamma,
        Pointer<float> weightsAddend, Pointer<float> gammaAddend, nint count, Pointer<float> dWeights, Pointer<float> dGamma) =>
        ParameterGradient<Fastest>(team, dy, layers, weights, gamma, weightsAddend, gammaAddend, count, dWeights, dGamma);

    internal static void Forward<TInstructions>(
        ComputeTeam team, ReadOnlySpan<Pointer<float>> layers, Pointer<float> weights, Pointer<float> gamma, nint count, Pointer<float> y)
        where TInstructions : struct, IInstructions
    {
        double* factors = stackalloc double[Checked(layers.Length)];
        Softmax(weights, layers.Length, factors);
        float* shares = stackalloc float[layers.Length];
        for (int layer = 0; layer < layers.Length; layer++) shares[layer] = (float)(gamma.Value[0] * factors[layer]);
        fixed (Pointer<float>* tensors = layers)
            ElementwiseLoop.Run<ForwardKernel, TInstructions>(team, new(tensors, shares, layers.Length, y.Value), count);
    }

    internal static void InputGradient<TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> weights, Pointer<float> gamma, Pointer<float> addend, int layers, int layer, nint count, Pointer<float> dx)
        where TInstructions : struct, IInstructions
    {
        double* factors = stackalloc double[Checked(layers)];
        Softmax(weights, layers, factors);
        Elementwise.Scale<TInstructions>(team, dy, (float)(gamma.Value[0] * factors[layer]), addend, count, dx);
    }

    internal static void ParameterGradient<TInstructions>(
        ComputeTeam team, Pointer<float> dy, ReadOnlySpan<Pointer<float>> layers, Pointer<float> weights, Pointer<float> gamma,
        Pointer<float> weightsAddend, Pointer<float> gammaAddend, nint count, Pointer<float> dWeights, Pointer<float> dGamma)
        where TInstructions : struct, IInstructions
    {
        double* factors = stackalloc double[Checked(layers.Length)];
        double* products = stackalloc double[layers.Length];
        Softmax(weights, layers.Length, factors);
        fixed (Pointer<float>* tensors = layers)
            TInstructions.Run(team, new ProductKernel(dy.Value, tensors, count, products), layers.Length);

        double mean = 0;
        for (int layer = 0; layer < layers.Length; layer++) mean += factors[layer] * products[layer];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            double before = weightsAddend.IsNull ? 0 : weightsAddend.Value[layer];
            dWeights.Value[layer] = (float)((gamma.Value[0] * factors[layer] * (products[layer] - mean)) + before);
        }

        dGamma.Value[0] = (float)(mean + (gammaAddend.IsNull ? 0 : gammaAddend.Value[0]));
    }

    private static int Checked(int layers) =>
        layers <= MostLayers ? layers : throw new NotSupportedException($"A learned mean is over at most {MostLayers} tensors, not {layers}.");

    private static void Softmax(Pointer<float> weights, int count, double* factors)
    {
        float largest = weights.Value[0];
        for (int i = 1; i < count; i++) largest = MathF.Max(largest, weights.Value[i]);
        double sum = 0;
        for (int i = 0; i < count; i++) sum += factors[i] = PortableMath.Exp(Math.Max(-700.0, (double)weights.Value[i] - largest));
        for (int i = 0; i < count; i++) factors[i] /= sum;
    }

    private readonly struct ForwardKernel(Pointer<float>* layers, float* shares, int count, float* y) : IElementwiseKernel
    {
        private readonly Pointer<float>* _layers = layers;
        private readonly float* _shares = shares;
        private readonly int _count = count;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V sum = TSimd.Multiply(TLanes.Load<TSimd, V>(_layers[0].Value + index, lanes), TSimd.Broadcast(_shares[0]));
            for (int layer = 1; layer < _count; layer++)
                sum = TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_layers[layer].Value + index, lanes), TSimd.Broadcast(_shares[layer]), sum);
            TLanes.Store<TSimd, V>(_y + index, sum, lanes);
        }
    }

    private readonly struct ProductKernel(float* dy, Pointer<float>* layers, nint count, double* products) : ITiledKernel
    {
        private readonly float* _dy = dy;
        private readonly Pointer<float>* _layers = layers;
        private readonly nint _count = count;
        private readonly double* _products = products;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            double sum = 0;
            for (nint start = 0; start < _count; start += Chunk)
                sum += Columns.Sum<TSimd, V, Product>(new(_dy + start, _layers[tile].Value + start), (int)nint.Min(Chunk, _count - start));
            _products[tile] = sum;
        }
    }
}
