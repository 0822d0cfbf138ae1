using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Checkpoints;

/// <summary>Shapes as messages show them.</summary>
internal static class Shapes
{
    public static string Text(ReadOnlySpan<long> shape)
    {
        var text = new StringBuilder("[");
        foreach (long dimension in shape)
        {
            if (text.Length > 1) text.Append(", ");
            text.Append(CultureInfo.InvariantCulture, $"{dimension}");
        }

        return text.Append(']').ToString();
    }

    public static string Text(ReadOnlySpan<int> shape) => Text((ReadOnlySpan<long>)Widen(shape));

    public static long[] Widen(ReadOnlySpan<int> shape)
    {
        var wide = new long[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++) wide[axis] = shape[axis];
        return wide;
    }
}
