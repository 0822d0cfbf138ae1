using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// The rounded copies of the weights that products multiply by: one piece of memory, in the order of the parameters from the first weight in panels to the last, which one launch
/// writes each time that parameters have changed.
/// </summary>
internal sealed class RoundedWeights
{
    private readonly StoragePlan _storage;
    private readonly long _end;

    public RoundedWeights(ModelGraph model, StoragePlan storage)
    {
        _storage = storage;
        Parameter[] weights = [.. model.Parameters.Where(parameter => parameter.Format == StorageFormat.Panels)];
        Start = weights.Select(storage.OffsetOf).DefaultIfEmpty(0).Min();
        _end = weights.Select(weight => storage.OffsetOf(weight) + MemoryPlan.Align(weight.StorageFloats)).DefaultIfEmpty(0).Max();
    }

    /// <summary>The first parameter that is rounded, in floats.</summary>
    public long Start { get; }

    /// <summary>The size of the copies.</summary>
    public long Floats => (_end - Start) / 2;

    /// <summary>What makes them.</summary>
    /// <exception cref="NoKernelException">There are more than one launch can round.</exception>
    public PtxKernel Kernel => RoundingKernels.Weights(_end - Start);

    /// <summary>Where the copy of a weight begins, in floats.</summary>
    public long OffsetOf(Parameter weight) => (_storage.OffsetOf(weight) - Start) / 2;
}
