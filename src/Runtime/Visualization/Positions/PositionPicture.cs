using System.Globalization;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// A picture of position encodings: the values of each position, and the cosine similarity between each two positions, which shows how far
/// a model can tell them apart.
/// </summary>
/// <remarks>Immutable. Tables of more than <see cref="LargestSide"/> positions or dimensions are shown by every second, third, … of them.</remarks>
public sealed class PositionPicture
{
    /// <summary>The most positions or dimensions that a page or picture shows.</summary>
    public const int LargestSide = 512;

    private readonly float[] _values;

    /// <summary>Copies a table.</summary>
    /// <param name="name">What the table is; the page's title.</param>
    /// <param name="positions">Rows of the table, at least 1.</param>
    /// <param name="width">Dimensions of an encoding, at least 1.</param>
    /// <param name="values">[positions, width], finite.</param>
    /// <exception cref="ArgumentException">The number of values is not positions × width, or a value is infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public PositionPicture(string name, int positions, int width, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (values.Length != (long)positions * width)
            throw new ArgumentException($"There are {values.Length} values; {positions} positions × {width} dimensions are {(long)positions * width}.", nameof(values));
        Name = name;
        Positions = positions;
        Width = width;
        _values = values.ToArray();
        int wrong = Array.FindIndex(_values, value => !float.IsFinite(value));
        if (wrong >= 0)
            throw new ArgumentException($"Position {wrong / width}, dimension {wrong % width} is {_values[wrong].ToString(CultureInfo.InvariantCulture)}; values are finite.", nameof(values));
    }

    /// <summary>What the table is.</summary>
    public string Name { get; }

    /// <summary>Rows of the table.</summary>
    public int Positions { get; }

    /// <summary>Dimensions of an encoding.</summary>
    public int Width { get; }

    /// <summary>[<see cref="Positions"/>, <see cref="Width"/>].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The table that a model has learned, by its name in checkpoints, for instance "transformer.wpe.weight".</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it is not a table.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public static PositionPicture Learned(ModelWeights weights, string name)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ReadOnlySpan<int> shape = weights.Shape(name);
        if (shape.Length != 2)
            throw new ArgumentException($"{name} is [{string.Join(", ", shape.ToArray())}]; a table of positions is [positions, dimensions].", nameof(name));
        var values = new float[shape[0] * shape[1]];
        weights.Export(name, values);
        return new PositionPicture(name, shape[0], shape[1], values);
    }

    /// <summary>Fixed sines and cosines (Vaswani et al. 2017, section 3.5), as models with <see cref="PositionKind.Sinusoidal"/> add them.</summary>
    /// <param name="positions">Positions, at least 1.</param>
    /// <param name="width">Dimensions, at least 1; an odd number has one sine more than cosines.</param>
    /// <param name="layout">Where a pair's sine and cosine stand. By default in the paper's order; models have <see cref="PairLayout.Halves"/> by default.</param>
    /// <param name="theta">The base of the wavelengths, positive; 10,000 by default, as in the paper.</param>
    /// <exception cref="ArgumentException">A value of the table is infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static PositionPicture Sinusoidal(int positions, int width, PairLayout layout = PairLayout.Interleaved, double theta = 10000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int count = checked(positions * width);
        using var table = new NativeBuffer<float>(count);
        if (layout == PairLayout.Halves) PositionTables.Sinusoidal<Halves>(theta, width, positions, table.Pointer);
        else PositionTables.Sinusoidal<Interleaved>(theta, width, positions, table.Pointer);
        return new PositionPicture("Sinusoidal positions", positions, width, table.Span(0, count));
    }

    /// <summary>
    /// The cosines, then the sines, of the angles by which rotary position embedding turns the pairs of a head (Su et al. 2021). The similarity
    /// of two positions is then the mean cosine of the angles between them: it depends on their distance alone.
    /// </summary>
    /// <param name="positions">Positions, at least 1.</param>
    /// <param name="rotaryDim">Elements of a head that are turned; even, at least 2.</param>
    /// <param name="theta">The base of the wavelengths, positive; 10,000 by default, as in the paper.</param>
    /// <exception cref="ArgumentException">The elements are odd, or a value of the table is infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no position, or fewer than two elements.</exception>
    public static PositionPicture Rotary(int positions, int rotaryDim, double theta = 10000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfLessThan(rotaryDim, 2);
        if (rotaryDim % 2 != 0) throw new ArgumentException($"Elements are turned in pairs; {rotaryDim} is odd.", nameof(rotaryDim));
        int pairs = rotaryDim / 2, count = checked(positions * pairs);
        using var cosines = new NativeBuffer<float>(count);
        using var sines = new NativeBuffer<float>(count);
        PositionTables.Rotary(theta, rotaryDim, positions, RotaryScaling.None, cosines.Pointer, sines.Pointer);
        var values = new float[2 * count];
        for (int position = 0; position < positions; position++)
        {
            cosines.Span(position * pairs, pairs).CopyTo(values.AsSpan(position * rotaryDim));
            sines.Span(position * pairs, pairs).CopyTo(values.AsSpan((position * rotaryDim) + pairs));
        }
        return new PositionPicture("Rotary positions", positions, rotaryDim, values);
    }

    /// <summary>The cosine of the angle between two positions' encodings, −1 to 1; 0 where one of them is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public float Similarity(int first, int second)
    {
        ReadOnlySpan<float> x = Row(first), y = Row(second);
        double dot = 0, xx = 0, yy = 0;
        for (int i = 0; i < Width; i++)
        {
            dot += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }
        return xx == 0 || yy == 0 ? 0 : (float)Math.Clamp(dot / Math.Sqrt(xx * yy), -1, 1);
    }

    /// <summary>Writes a page that needs nothing else, no network either: values and similarities as heat maps, with the value under the pointer.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteHtml(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        PageFile.Write(path, WriteHtml);
    }

    /// <summary>As <see cref="WriteHtml(string)"/>, to a stream, which stays open.</summary>
    public void WriteHtml(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        MatrixPage.Write(stream, Name, new PositionMatrices(this).Groups);
    }

    /// <summary>Writes values and similarities beside each other as a picture.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WritePng(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        PageFile.Write(path, WritePng);
    }

    /// <summary>As <see cref="WritePng(string)"/>, to a stream, which stays open.</summary>
    public void WritePng(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new PositionMatrices(this).Draw().WritePng(stream);
    }

    internal ReadOnlySpan<float> Row(int position)
    {
        if ((uint)position >= (uint)Positions)
            throw new ArgumentOutOfRangeException(nameof(position), position, $"There are {Positions} positions, numbered from 0.");
        return _values.AsSpan(position * Width, Width);
    }
}
