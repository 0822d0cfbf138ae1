using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>A linear layer's forward pass: <see cref="LinearRows{TDepth, TWidth, TActivation}"/> for a few rows, a product for more.</summary>
internal readonly unsafe struct LinearForward<TK, TN, TActivation> : ICountedKernel
    where TK : struct, IDimension
    where TN : struct, IDimension
    where TActivation : struct, IActivation
{
    private readonly bool _isFew;
    private readonly LinearRows<TK, TN, TActivation> _few;
    private readonly LinearProduct<TK, TN, StoredPanels<TK>, TActivation> _product;

    public LinearForward(float* x, float* weight, float* bias, float* addend, int rows, float* y, int threads)
    {
        _isFew = rows <= LinearRows<TK, TN, TActivation>.MaximumRows;
        if (_isFew) _few = new(x, weight, bias, addend, rows, y);
        else _product = new(x, weight, bias, addend, rows, y, threads);
        Tasks = _isFew ? _few.Tasks : _product.Tasks;
    }

    public int Tasks { get; }

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (_isFew) _few.Run<TSimd, V>(tile, scratch);
        else _product.Run<TSimd, V>(tile, scratch);
    }
}
