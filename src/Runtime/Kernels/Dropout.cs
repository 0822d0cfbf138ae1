using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y = x · factor + addend      factor = u < rate ? 0 : 1 / (1 − rate)      u = the element's uniform draw (Philox.cs)
// The backward pass is the same with dy for x. A dropped NaN or infinity stays visible (x · 0 is NaN).

/// <summary>Inverted dropout (Srivastava et al. 2014) with masks that are drawn again instead of stored.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Dropout
{
    /// <summary>
    /// y = dropout(x) + addend, or x + addend when the stream is off. <paramref name="y"/> may be <paramref name="x"/> or
    /// <paramref name="addend"/>, which may be none.
    /// </summary>
    /// <param name="team">The threads.</param>
    /// <param name="x">[count].</param>
    /// <param name="addend">[count] or none.</param>
    /// <param name="rate">The probability of dropping an element, in [0, 1].</param>
    /// <param name="stream">The step that draws.</param>
    /// <param name="site">Which dropout of the model this is.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="y">[count].</param>
    public static void Apply(ComputeTeam team, Pointer<float> x, Pointer<float> addend, float rate, in RandomStream stream, uint site, nint count, Pointer<float> y) =>
        Apply<Fastest>(team, x, addend, rate, stream, site, count, y);

    internal static unsafe void Apply<TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<float> addend, float rate, in RandomStream stream, uint site, nint count, Pointer<float> y)
        where TInstructions : struct, IInstructions
    {
        if (!stream.IsEnabled || rate == 0f)
        {
            Elementwise.Scale<TInstructions>(team, x, 1f, addend, count, y);
            return;
        }

        Kernel kernel = new(x.Value, addend.Value, rate, stream, site, count, y.Value);
        TInstructions.Run(team, kernel, checked((int)((count + Kernel.Chunk - 1) / Kernel.Chunk)));
    }

    /// <summary>
    /// The factors (0 or 1 / (1 − rate)) of any run of elements, for kernels that draw masks of tensors that are never stored.
    /// </summary>
    internal static unsafe void WriteFactors<TSimd, V>(in RandomStream stream, uint site, float rate, ulong firstElement, int count, float* factors)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        int group = 2 * TSimd.Width;
        float* edge = stackalloc float[group];
        int skipped = (int)(firstElement % (ulong)group);
        for (int index = -skipped; index < count; index += group)
        {
            ulong element = firstElement + (ulong)(long)index;
            int from = Math.Max(0, -index);
            int to = Math.Min(group, count - index);
            float* destination = to - from == group ? factors + index : edge;
            Factors<TSimd, V>(stream, site, rate, element, out V first, out V second);
            TSimd.Store(destination, first);
            TSimd.Store(destination + TSimd.Width, second);
            if (destination == edge) new ReadOnlySpan<float>(edge + from, to - from).CopyTo(new Span<float>(factors + index + from, to - from));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Factors<TSimd, V>(in RandomStream stream, uint site, float rate, ulong element, out V first, out V second)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V threshold = TSimd.Broadcast(rate);
        V kept = TSimd.Broadcast(rate < 1f ? 1f / (1f - rate) : 0f);
        Philox.Uniform<TSimd, V>(stream, site, element, out V u, out V w);
        first = TSimd.Select(TSimd.LessThan(u, threshold), TSimd.Zero, kept);
        second = TSimd.Select(TSimd.LessThan(w, threshold), TSimd.Zero, kept);
    }

    private readonly unsafe struct Kernel(float* x, float* addend, float rate, RandomStream stream, uint site, nint count, float* y) : ITiledKernel
    {
        /// <summary>Elements per tile: a multiple of every vector group.</summary>
        internal const int Chunk = 8 * 1024;

        private readonly float* _x = x;
        private readonly float* _addend = addend;
        private readonly float _rate = rate;
        private readonly RandomStream _stream = stream;
        private readonly uint _site = site;
        private readonly nint _count = count;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            nint end = nint.Min(((nint)tile + 1) * Chunk, _count);
            for (nint index = (nint)tile * Chunk; index < end; index += 2 * TSimd.Width)
            {
                Factors<TSimd, V>(_stream, _site, _rate, (ulong)index, out V first, out V second);
                Part<TSimd, V>(index, end, first);
                Part<TSimd, V>(index + TSimd.Width, end, second);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Part<TSimd, V>(nint index, nint end, V factor)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            if (index + TSimd.Width <= end) Step<TSimd, V, AllLanes>(index, TSimd.Width, factor);
            else if (index < end) Step<TSimd, V, FirstLanes>(index, (int)(end - index), factor);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Step<TSimd, V, TLanes>(nint index, int lanes, V factor)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V result = TSimd.Multiply(TLanes.Load<TSimd, V>(_x + index, lanes), factor);
            if (_addend != null) result = TSimd.Add(result, TLanes.Load<TSimd, V>(_addend + index, lanes));
            TLanes.Store<TSimd, V>(_y + index, result, lanes);
        }
    }
}
