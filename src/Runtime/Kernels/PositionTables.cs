using System.ComponentModel;
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

    private static double Frequency(double theta, int pair, int dimension) => PortableMath.Pow(theta, -2.0 * pair / dimension);
}
