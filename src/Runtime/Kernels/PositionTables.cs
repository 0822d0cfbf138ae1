using System.ComponentModel;
using System.Numerics;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Kernels;

/// <summary>Tables that depend on the position alone, filled once. Computed in double and rounded once, the same on every machine.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class PositionTables
{
    /// <summary>
    /// The cosines and sines [context, rotaryDim / 2] of position · frequency, where frequency i is theta^(−2i / rotaryDim)
    /// before scaling.
    /// </summary>
    public static void Rotary(double theta, int rotaryDim, int context, RotaryScaling scaling, Pointer<float> cosines, Pointer<float> sines)
    {
        int pairs = rotaryDim / 2;
        for (int pair = 0; pair < pairs; pair++)
        {
            double frequency = scaling.Apply(Frequency(theta, pair, rotaryDim));
            for (int position = 0; position < context; position++)
            {
                (double sine, double cosine) = PortableMath.SinCos(position * frequency);
                cosines.Value[((nint)position * pairs) + pair] = (float)cosine;
                sines.Value[((nint)position * pairs) + pair] = (float)sine;
            }
        }
    }

    /// <summary>
    /// The sinusoidal table [context, dModel] of Vaswani et al. 2017, section 3.5. <see cref="Interleaved"/> is the paper's
    /// order; with <see cref="Halves"/> all sines come before all cosines, as in Hugging Face's Marian. An odd dModel has one sine more.
    /// </summary>
    public static void Sinusoidal<TPairs>(double theta, int dModel, int context, Pointer<float> table)
        where TPairs : struct, IPairLayout
    {
        int pairs = (dModel + 1) / 2;
        for (int pair = 0; pair < pairs; pair++)
        {
            double frequency = Frequency(theta, pair, dModel);
            int second = TPairs.Second(pair, pairs);
            for (int position = 0; position < context; position++)
            {
                float* row = table.Value + ((nint)position * dModel);
                (double sine, double cosine) = PortableMath.SinCos(position * frequency);
                row[TPairs.First(pair, pairs)] = (float)sine;
                if (second < dModel) row[second] = (float)cosine;
            }
        }
    }

    /// <summary>
    /// The distances [heads, 2 · length − 1] of attention with linear biases (Press, Smith and Lewis 2022): −slope(head) · |key − query| at
    /// length − 1 + (key − query). For n heads, n a power of two, the slopes are 2^(−8/n), 2^(−16/n), …; for other counts those of the power
    /// of two below it come first, then every other one of twice that power, as in Hugging Face's build_alibi_tensor.
    /// </summary>
    public static void Alibi(int heads, int length, Pointer<float> distances)
    {
        int power = (int)BitOperations.RoundUpToPowerOf2((uint)heads + 1) / 2;
        for (int head = 0; head < heads; head++)
        {
            double exponent = head < power ? 8.0 * (head + 1) / power : 4.0 * ((2 * (head - power)) + 1) / power;
            double slope = PortableMath.Pow(2, -exponent);
            float* row = distances.Value + (head * ((2 * (nint)length) - 1));
            for (int distance = 1 - length; distance < length; distance++) row[length - 1 + distance] = (float)(-slope * Math.Abs(distance));
        }
    }

    private static double Frequency(double theta, int pair, int dimension) => PortableMath.Pow(theta, -2.0 * pair / dimension);
}
