using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[(b, patch row, patch column), (c, dy, dx)] = pixels[b, c, patch row · p + dy, patch column · p + dx]
// A tile is a row of patches of one image. Pixels right of and below the last whole patch are left out.

/// <summary>Images as rows of square patches that do not overlap (Dosovitskiy et al. 2021).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Patches
{
    /// <summary>y[batch · (height / P) · (width / P), channels · P · P] from pixels[batch, channels, height, width].</summary>
    public static void Forward<TP>(ComputeTeam team, Pointer<float> pixels, int batch, int channels, int height, int width, Pointer<float> y)
        where TP : struct, IDimension => Forward<TP, Fastest>(team, pixels, batch, channels, height, width, y);

    internal static void Forward<TP, TInstructions>(
        ComputeTeam team, Pointer<float> pixels, int batch, int channels, int height, int width, Pointer<float> y)
        where TP : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TaskList.Run<Kernel<TP>, TInstructions>(
            team, new(pixels.Value, channels, height, width, y.Value), batch * (height / TP.Value), (long)batch * channels * height * width);

    private readonly struct Kernel<TP>(float* pixels, int channels, int height, int width, float* y) : ITiledKernel
        where TP : struct, IDimension
    {
        private readonly float* _pixels = pixels;
        private readonly int _channels = channels;
        private readonly int _height = height;
        private readonly int _width = width;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int image, int down) = int.DivRem(tile, _height / TP.Value);
            int across = _width / TP.Value;
            float* to = _y + ((nint)tile * across * _channels * TP.Value * TP.Value);
            for (int patch = 0; patch < across; patch++)
            {
                for (int channel = 0; channel < _channels; channel++)
                {
                    nint line = (((nint)image * _channels) + channel) * _height + ((nint)down * TP.Value);
                    float* from = _pixels + (line * _width) + ((nint)patch * TP.Value);
                    for (int i = 0; i < TP.Value; i++, from += _width, to += TP.Value)
                        new ReadOnlySpan<float>(from, TP.Value).CopyTo(new Span<float>(to, TP.Value));
                }
            }
        }
    }
}
