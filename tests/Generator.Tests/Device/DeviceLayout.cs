using System.Runtime.InteropServices;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Device;

/// <summary>
/// Between plain matrices and how they lie on the device: projections in panels of 16 rows, the copies of weight gradients in panels of 16 columns, for products of bfloat16
/// rounded, two elements to a word.
/// </summary>
internal static class DeviceLayout
{
    private const int Width = 16;

    /// <summary>Floats from the caches of one row to those of the next: as large as the largest of an operation's.</summary>
    public static long SlotStride(Operation operation) =>
        operation.Inputs.OfType<Tensor>().Where(tensor => tensor.Role == TensorRole.State).Select(tensor => tensor.State!.Floats).DefaultIfEmpty(0).Max();

    /// <summary>Elements of a tensor in memory.</summary>
    public static long FloatsOf(Tensor tensor) => tensor switch
    {
        { Role: TensorRole.Parameter or TensorRole.ParameterGradient } => tensor.Parameter!.StorageFloats,
        { Role: TensorRole.State } => throw new ArgumentException($"{tensor} is as long as its value."),
        _ => tensor.Shape.Elements,
    };

    /// <param name="tensor">What it is.</param>
    /// <param name="value">A plain matrix; a state's caches of several rows, one after the other.</param>
    /// <param name="slotStride">Floats from the caches of one row to those of the next.</param>
    /// <param name="precision">Of products.</param>
    public static byte[] Encode(Tensor tensor, double[] value, long slotStride, Precision precision)
    {
        if (tensor.Type == ElementType.Int32) return MemoryMarshal.AsBytes<int>([.. value.Select(element => double.IsNaN(element) ? int.MinValue : (int)element)]).ToArray();
        long floats = tensor.Role == TensorRole.State ? value.Length / tensor.Shape.Elements * slotStride : FloatsOf(tensor);
        var stored = new float[floats];
        for (int i = 0; i < value.Length; i++) stored[PlaceOf(tensor, i, slotStride)] = (float)value[i];
        return MemoryMarshal.AsBytes<float>(IsRounded(tensor, precision) ? Packed(stored) : stored).ToArray();
    }

    public static double[] Decode(Tensor tensor, float[] memory, long slotStride, Precision precision)
    {
        float[] stored = IsRounded(tensor, precision) ? Unpacked(memory) : memory;
        long count = tensor.Role == TensorRole.State ? stored.Length / slotStride * tensor.Shape.Elements : tensor.Shape.Elements;
        var value = new double[count];
        for (int i = 0; i < value.Length; i++) value[i] = stored[PlaceOf(tensor, i, slotStride)];
        return value;
    }

    private static bool IsRounded(Tensor tensor, Precision precision) => precision == Precision.BFloat16 && tensor.Producer is PanelCopy;

    /// <summary>The upper halves of all elements, to 8 significant bits, even ones between two, in the first half of the memory.</summary>
    private static float[] Packed(float[] stored)
    {
        var packed = new float[stored.Length];
        Span<ushort> halves = MemoryMarshal.Cast<float, ushort>(packed.AsSpan());
        for (int i = 0; i < stored.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(stored[i]);
            halves[i] = (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
        }

        return packed;
    }

    private static float[] Unpacked(float[] packed)
    {
        ushort[] halves = MemoryMarshal.Cast<float, ushort>(packed)[..packed.Length].ToArray();
        return [.. halves.Select(half => BitConverter.UInt32BitsToSingle((uint)half << 16))];
    }

    /// <summary>Where the element lies that has this place in the row-major matrix.</summary>
    private static long PlaceOf(Tensor tensor, int index, long slotStride)
    {
        if (tensor.Role == TensorRole.State) return (index / tensor.Shape.Elements * slotStride) + (index % tensor.Shape.Elements);
        if (tensor.Parameter is { Format: StorageFormat.Panels } parameter)
        {
            (int row, int column) = (index / parameter.Columns, index % parameter.Columns);
            return (((row / Width * parameter.Columns) + column) * Width) + (row % Width);
        }

        if (tensor.Producer is PanelCopy)
        {
            (int row, int column) = (index / tensor.Shape.Columns, index % tensor.Shape.Columns);
            return (((column / Width * tensor.Shape.Rows) + row) * Width) + (column % Width);
        }

        return index;
    }
}
