using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>What operations ask while they are lowered to kernels.</summary>
/// <param name="slotStride">Floats from the caches of one row to those of the next.</param>
/// <param name="precision">Of matrix products.</param>
internal sealed class PtxLowering(long slotStride, Precision precision = Precision.Float32)
{
    private readonly Dictionary<(Delegate Factory, object Shape), object> _kernels = [];

    public long SlotStride { get; } = slotStride;

    public Precision Precision { get; } = precision;

    /// <summary>The kernel, or the kernels, that a factory writes for what it is specialised by: once, however many layers launch it.</summary>
    public TKernel Kernel<T1, TKernel>(Func<T1, TKernel> factory, T1 first)
        where TKernel : class =>
        Kernel(factory, ValueTuple.Create(first), () => factory(first));

    /// <inheritdoc cref="Kernel{T1, TKernel}"/>
    public TKernel Kernel<T1, T2, TKernel>(Func<T1, T2, TKernel> factory, T1 first, T2 second)
        where TKernel : class =>
        Kernel(factory, (first, second), () => factory(first, second));

    /// <inheritdoc cref="Kernel{T1, TKernel}"/>
    public TKernel Kernel<T1, T2, T3, TKernel>(Func<T1, T2, T3, TKernel> factory, T1 first, T2 second, T3 third)
        where TKernel : class =>
        Kernel(factory, (first, second, third), () => factory(first, second, third));

    /// <inheritdoc cref="Kernel{T1, TKernel}"/>
    public TKernel Kernel<T1, T2, T3, T4, TKernel>(Func<T1, T2, T3, T4, TKernel> factory, T1 first, T2 second, T3 third, T4 fourth)
        where TKernel : class =>
        Kernel(factory, (first, second, third, fourth), () => factory(first, second, third, fourth));

    /// <summary>Makes the rounded copy of a factor that products read in its place.</summary>
    public PtxLaunch Rounding(Tensor factor) => factor.Parameter is { } weight
        ? new PtxLaunch(Kernel(RoundingKernels.Weights, weight.StorageFloats)).Address("weights", factor).Factor("rounded", factor)
        : new PtxLaunch(Kernel(RoundingKernels.Panels, Rows(factor.Shape), factor.Shape.Columns)).Address("x", factor).Factor("rounded", factor);

    /// <summary>The addend that a kernel has a parameter for: what earlier micro-batches left, it finds in its destination.</summary>
    public static Tensor? Addend(Tensor? addend) => IsOfEarlierMicroBatches(addend) ? null : addend;

    /// <summary>The same, as what a kernel is specialised by.</summary>
    public static Addend KindOf(Tensor? addend) =>
        addend is null ? Kernels.Addend.None : IsOfEarlierMicroBatches(addend) ? Kernels.Addend.Accumulated : Kernels.Addend.Added;

    /// <summary>A shape's leading extent, or so many units of each of its rows.</summary>
    public static Extent Rows(Shape shape, int units = 1) => (shape.IsBounded ? Extent.UpTo(shape.Rows) : Extent.Of(shape.Rows)).Times(units);

    /// <summary>The rows of a shape that is whole in every run.</summary>
    public static int WholeRows(Shape shape, int units = 1) =>
        shape.IsBounded ? throw new ArgumentException($"{shape} is not whole in every run.", nameof(shape)) : checked(shape.Rows * units);

    private static bool IsOfEarlierMicroBatches(Tensor? addend) => addend is { Role: TensorRole.ParameterGradient, Version: 0 };

    private TKernel Kernel<TKernel>(Delegate factory, object shape, Func<TKernel> build)
        where TKernel : class
    {
        if (!_kernels.TryGetValue((factory, shape), out object? kernel)) _kernels.Add((factory, shape), kernel = build());
        return (TKernel)kernel;
    }
}
