namespace Transformer.Compiled;

/// <summary>The oldest NVIDIA GPUs that kernels are for; the driver compiles them for every later one.</summary>
public enum GpuArchitecture
{
    /// <summary>A100, GeForce RTX 30 (compute capability 8.0): the first with products of bfloat16 and tf32.</summary>
    Ampere,

    /// <summary>V100, and Turing's T4 after it (compute capability 7.0): products of single-precision numbers alone.</summary>
    Volta,
}
