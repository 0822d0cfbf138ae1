using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>The extents of a grid or of a block.</summary>
internal readonly record struct LaunchSize(int X, int Y = 1, int Z = 1)
{
    /// <summary>A grid that the launch's arguments decide.</summary>
    public static LaunchSize ByArguments { get; } = new(0);

    public int Count => X * Y * Z;

    public override string ToString() => this == ByArguments ? "by arguments" : Z > 1 ? $"{X} x {Y} x {Z}" : Y > 1 ? $"{X} x {Y}" : InvariantNumber.Text(X);
}

internal enum PtxParameterKind
{
    /// <summary>The address of a buffer in device memory.</summary>
    Address,

    /// <summary>Four bytes that differ between the calls of one kernel and never between launches, such as the name of a dropout site.</summary>
    Word,
}

/// <param name="Name">In the text.</param>
/// <param name="Kind">What is given.</param>
/// <param name="Factors">Of a factor of a product: <see cref="Precision.BFloat16"/> where it is a copy that has been rounded (<see cref="Kernels.RoundingKernels"/>).</param>
internal readonly record struct PtxParameter(string Name, PtxParameterKind Kind, Precision Factors = Precision.Float32);

/// <summary>A kernel with static shapes: its text, and how it is launched.</summary>
/// <param name="Name">The entry, named by what it computes and its shape.</param>
/// <param name="Text">The entry with its comment; a module is a header and any number of them.</param>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads in a block.</param>
/// <param name="SharedBytes">Static shared memory of a block.</param>
/// <param name="LiveRegisters">The estimate of <see cref="LiveRegisters"/>.</param>
/// <param name="Parameters">In the order of the launch.</param>
internal sealed record PtxKernel(
    string Name, string Text, LaunchSize Grid, LaunchSize Block, int SharedBytes, int LiveRegisters, IReadOnlyList<PtxParameter> Parameters)
{
    /// <summary>What it computes, with shapes.</summary>
    public string Formula => Text.Substring(3, Text.IndexOf('\n') - 3);
}

/// <summary>The text of a module.</summary>
internal static class PtxModuleText
{
    /// <summary>One module of several kernels, at the level of CUDA 11.0; kernels of one name are one kernel.</summary>
    /// <exception cref="ArgumentException">Two kernels of one name differ.</exception>
    public static string Of(IEnumerable<PtxKernel> kernels, GpuArchitecture oldest = GpuArchitecture.Ampere)
    {
        string target = oldest == GpuArchitecture.Volta ? "sm_70" : "sm_80";
        var text = new System.Text.StringBuilder($".version 7.0\n.target {target}\n.address_size 64\n");
        foreach (IGrouping<string, PtxKernel> same in kernels.GroupBy(kernel => kernel.Name, StringComparer.Ordinal))
        {
            string first = same.First().Text;
            if (same.Any(kernel => kernel.Text != first)) throw new ArgumentException($"Two kernels named {same.Key} differ.", nameof(kernels));
            text.Append('\n').Append(first);
        }

        return text.ToString();
    }
}
