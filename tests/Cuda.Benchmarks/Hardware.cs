namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>Generations of devices.</summary>
internal static class Hardware
{
    /// <summary>The first with products of rounded factors.</summary>
    private static readonly ComputeCapability s_ampere = new(8, 0);

    /// <summary>Whether a device has products of tf32 and bfloat16 factors; models and kernels in single precision are for older ones too.</summary>
    public static bool RoundsFactors(CudaDevice device) => device.ComputeCapability.Runs(s_ampere);

    /// <summary>The precisions of products that a device has.</summary>
    public static Precision[] PrecisionsOf(CudaDevice device) =>
        RoundsFactors(device) ? [Precision.Float32, Precision.Tf32, Precision.BFloat16] : [Precision.Float32];
}
