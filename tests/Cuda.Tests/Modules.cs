namespace Transformer.Compiled.Cuda.Tests;

/// <summary>Modules for devices that execute nothing.</summary>
internal static class Modules
{
    /// <summary>Kernels that do nothing.</summary>
    public const string Empty = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry none() { ret; }
        .visible .entry one(.param .u64 a) { ret; }
        .visible .entry two(.param .u64 a, .param .u64 b) { ret; }
        .visible .entry number(.param .u32 n) { ret; }
        """;

    public static CudaLaunchShape OneWarp { get; } = new(new CudaDimensions(1), new CudaDimensions(32));
}
