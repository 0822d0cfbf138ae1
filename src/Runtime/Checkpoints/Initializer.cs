using System.ComponentModel;
using System.Text;
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

    public static Initializer Zeros => new(Distribution.Constant, 0f);

    public static Initializer Ones => new(Distribution.Constant, 1f);

    /// <summary>Normal with mean 0 and the given standard deviation.</summary>
    public static Initializer Normal(float standardDeviation) => new(Distribution.Normal, standardDeviation);

    /// <summary>Uniform between −<paramref name="bound"/> and <paramref name="bound"/>.</summary>
    public static Initializer Uniform(float bound) => new(Distribution.Uniform, bound);

    /// <summary>Fills a parameter in a storage; padding is left alone.</summary>
    internal unsafe void Draw(ParameterInfo parameter, ulong seed, Pointer<float> storage)
    {
        uint site = StableHash(parameter.Name);
        for (int row = 0; row < parameter.Rows; row++)
        {
            for (int column = 0; column < parameter.Columns; column++)
                storage.Value[parameter.ElementOffset(row, column)] = Value(seed, site, (ulong)row * (ulong)parameter.Columns + (ulong)column);
        }
    }

    private float Value(ulong seed, uint site, ulong element) => _distribution switch
    {
        Distribution.Normal => _scale * StandardNormal(seed, site, element),
        Distribution.Uniform => _scale * (2f * Fraction(seed, site, element) - 1f),
        _ => _scale,
    };

    private static float StandardNormal(ulong seed, uint site, ulong element) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - (double)Fraction(seed, site, element))) * Math.Cos(2 * Math.PI * Fraction(~seed, site, element)));

    private static float Fraction(ulong seed, uint site, ulong element)
    {
        ulong mixed = seed ^ ((ulong)site << 32) ^ (element * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 40) * (1f / (1 << 24));
    }

    /// <summary>FNV-1a, 32 bits, of the name in UTF-8: the same in every process and version.</summary>
    internal static uint StableHash(string name)
    {
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(name)) hash = (hash ^ value) * 16777619;
        return hash;
    }
}
