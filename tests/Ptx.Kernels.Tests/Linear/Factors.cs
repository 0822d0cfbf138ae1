using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>The factors of a product as its kernels read them: in copies that have been rounded, or as they are.</summary>
internal static class Factors
{
    /// <summary>x[rows, columns], or the gradient of such; of rows that the control block counts, as many.</summary>
    public static DeviceBuffer Rows(Device device, ITiling? tile, float[] x, Extent rows, int columns, DeviceBuffer? control = null) =>
        IsCopied(tile) ? Rounded(device, x, rows, columns, control) : device.Of(x);

    /// <summary>x[rows, columns] for the gradient of a weight.</summary>
    public static DeviceBuffer Panels(Device device, ITiling? tile, float[] x, int rows, int columns) =>
        IsCopied(tile) ? Rounded(device, x, Extent.Of(rows), columns, control: null) : device.Of(LinearCheck.InPanels(x, rows, columns));

    /// <summary>W[outputs, inputs].</summary>
    public static DeviceBuffer Weight(Device device, ITiling? tile, float[] weight, int outputs, int inputs)
    {
        float[] panels = Numbers.Panels(weight, outputs, inputs);
        if (!IsCopied(tile)) return device.Of(panels);
        DeviceBuffer rounded = device.Unwritten(panels.Length / 2);
        device.Run(RoundingKernels.Weights(panels.Length), device.Of(panels), rounded);
        return rounded;
    }

    private static DeviceBuffer Rounded(Device device, float[] x, Extent rows, int columns, DeviceBuffer? control)
    {
        DeviceBuffer rounded = device.Unwritten((int)RoundingKernels.PanelWords(rows, columns));
        object[] buffers = [device.Of(x), rounded];
        device.Run(RoundingKernels.Panels(rows, columns), control is null ? buffers : [.. buffers, control]);
        return rounded;
    }

    private static bool IsCopied(ITiling? tile) => tile is { Copies: Precision.BFloat16 };
}
