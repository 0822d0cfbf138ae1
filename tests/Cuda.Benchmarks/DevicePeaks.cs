namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>
/// What NVIDIA's data sheets give for a device: products without sparsity, in TFLOP/s, summed in single precision, and memory in GB/s. A device that has no products of a
/// precision has none in the table.
/// </summary>
internal sealed record DevicePeaks(string Words, double Float32, double? Tf32, double? BFloat16, double Bandwidth)
{
    /// <summary>The first whose words are all part of a device's name.</summary>
    private static readonly DevicePeaks[] s_known =
    [
        new("H200 NVL", 60, 417.5, 835.5, 4800),
        new("H200", 67, 494.7, 989.4, 4800),
        new("H100 NVL", 60, 417.5, 835.5, 3938),
        new("H100 PCIe", 51.2, 378, 756, 2039),
        new("H100 HBM3", 67, 494.7, 989.4, 3352),
        new("A100 SXM4 80GB", 19.5, 156, 312, 2039),
        new("A100 80GB PCIe", 19.5, 156, 312, 1935),
        new("A100", 19.5, 156, 312, 1555),
        new("L4", 30.3, 60.5, 121, 300),
        new("RTX 4090", 82.6, 82.6, 165.2, 1008),
        new("V100 PCIE", 14, null, null, 900),
        new("V100", 15.7, null, null, 900),
        new("T4", 8.1, null, null, 320),
    ];

    /// <summary>Parts and variants of a device, which have less of everything.</summary>
    private static readonly string[] s_lesser = ["MIG", "Laptop", "D", "Max"];

    /// <summary>By the name that the driver gives, such as <c>NVIDIA A100-SXM4-80GB</c>; null for a device that the table has not.</summary>
    public static DevicePeaks? Of(string name)
    {
        string[] words = name.Split(' ', '-');
        if (s_lesser.Any(words.Contains)) return null;
        return Array.Find(s_known, peaks => peaks.Words.Split(' ').All(words.Contains));
    }

    /// <summary>Operations a second; null where the device has no such products.</summary>
    public double? OperationsOf(Precision precision) => 1e12 * (precision switch
    {
        Precision.Tf32 => Tf32,
        Precision.BFloat16 => BFloat16,
        _ => Float32,
    });
}
