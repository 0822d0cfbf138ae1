using System.ComponentModel;
using System.Text;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// Where a parameter's initial values come from. A value depends on the seed, the parameter's name and the element's row and column only, so that
/// it is the same whatever the layout in memory.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Initializer
{
    private readonly Distribution _distribution;
    private readonly float _scale;

    private Initializer(Distribution distribution, float scale)
    {
        _distribution = distribution;
        _scale = scale;
    }

    private enum Distribution
    {
        Constant,
        Normal,
        Uniform,
    }

    /// <summary>All 0.</summary>
    public static Initializer Zeros => new(Distribution.Constant, 0f);

    /// <summary>All 1.</summary>
    public static Initializer Ones => new(Distribution.Constant, 1f);

    /// <summary>Normal with mean 0 and the given standard deviation.</summary>
    public static Initializer Normal(float standardDeviation) => new(Distribution.Normal, standardDeviation);

    /// <summary>Uniform from −<paramref name="bound"/> to below <paramref name="bound"/>.</summary>
    public static Initializer Uniform(float bound) => new(Distribution.Uniform, bound);

    /// <summary>Fills a parameter in a storage; padding is left alone.</summary>
    internal unsafe void Draw(ParameterInfo parameter, ulong seed, Pointer<float> storage)
    {
        uint hash = StableHash(parameter.Name);
        var values = new float[parameter.Columns];
        for (int row = 0; row < parameter.Rows; row++)
        {
            Draw(seed, hash, (ulong)row * (ulong)parameter.Columns, values);
            for (int column = 0; column < values.Length; column++) storage.Value[parameter.ElementOffset(row, column)] = values[column];
        }
    }

    /// <summary>FNV-1a, 32 bits, of the name in UTF-8: the same in every process and version.</summary>
    internal static uint StableHash(string name)
    {
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(name)) hash = (hash ^ value) * 16777619;
        return hash;
    }

    /// <summary>Draws consecutive elements, counted row by row.</summary>
    private void Draw(ulong seed, uint hash, ulong firstElement, Span<float> values)
    {
        switch (_distribution)
        {
            case Distribution.Normal:
                Philox.Normal(seed, hash, firstElement, values);
                foreach (ref float value in values) value *= _scale;
                break;
            case Distribution.Uniform:
                for (int index = 0; index < values.Length; index++)
                    values[index] = _scale * (2f * Philox.Uniform(seed, hash, firstElement + (ulong)index) - 1f);
                break;
            default:
                values.Fill(_scale);
                break;
        }
    }
}
