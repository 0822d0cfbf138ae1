using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>What the machine can do at best, on the threads of a team: fused multiply-adds and bytes read.</summary>
internal static unsafe class MachineProbes
{
    private const int Rounds = 400_000;
    private const int Chains = 12;
    private const int ReadTasks = 64;

    /// <summary>Floating-point operations of <see cref="MultiplyAdds"/> on a team.</summary>
    public static double FlopsOf(ComputeTeam team) => 2.0 * team.Threads * Rounds * Chains * Width;

    private static int Width => Avx512.IsSupported ? Avx512.Width : Avx2.IsSupported ? Avx2.Width : Portable.Width;

    /// <summary>Twelve independent chains of multiply-adds in registers on every thread.</summary>
    public static void MultiplyAdds(ComputeTeam team) => Fastest.Run(team, new MultiplyAddProbe(), team.Threads);

    /// <summary>Reads all bytes, each task its own part, in so many streams side by side.</summary>
    public static void Read(ComputeTeam team, NativeBuffer<float> memory, int streams) =>
        Fastest.Run(team, new ReadProbe(memory.Pointer.Value, memory.Length, streams), ReadTasks);

    private readonly struct MultiplyAddProbe : ITiledKernel
    {
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            V factor = TSimd.Broadcast(0.999f), term = TSimd.Broadcast(1e-3f);
            V c0 = term, c1 = term, c2 = term, c3 = term, c4 = term, c5 = term, c6 = term, c7 = term, c8 = term, c9 = term, c10 = term, c11 = term;
            for (int round = 0; round < Rounds; round++)
            {
                c0 = TSimd.MultiplyAdd(c0, factor, term);
                c1 = TSimd.MultiplyAdd(c1, factor, term);
                c2 = TSimd.MultiplyAdd(c2, factor, term);
                c3 = TSimd.MultiplyAdd(c3, factor, term);
                c4 = TSimd.MultiplyAdd(c4, factor, term);
                c5 = TSimd.MultiplyAdd(c5, factor, term);
                c6 = TSimd.MultiplyAdd(c6, factor, term);
                c7 = TSimd.MultiplyAdd(c7, factor, term);
                c8 = TSimd.MultiplyAdd(c8, factor, term);
                c9 = TSimd.MultiplyAdd(c9, factor, term);
                c10 = TSimd.MultiplyAdd(c10, factor, term);
                c11 = TSimd.MultiplyAdd(c11, factor, term);
            }
            V sum = TSimd.Add(TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)), TSimd.Add(TSimd.Add(c4, c5), TSimd.Add(c6, c7)));
            TSimd.Store(scratch, TSimd.Add(sum, TSimd.Add(TSimd.Add(c8, c9), TSimd.Add(c10, c11))));
        }
    }

    private readonly struct ReadProbe(float* memory, nint count, int streams) : ITiledKernel
    {
        private readonly float* _memory = memory;
        private readonly nint _count = count;
        private readonly int _streams = streams;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            nint length = _count / ReadTasks / 64 * 64;
            float* source = _memory + tile * length;
            nint stride = length / _streams / 64 * 64;
            V sum0 = TSimd.Zero, sum1 = TSimd.Zero, sum2 = TSimd.Zero, sum3 = TSimd.Zero;
            for (nint i = 0; i < stride; i += 4 * TSimd.Width)
            {
                float* stream = source + i;
                for (int s = 0; s < _streams; s++, stream += stride)
                {
                    sum0 = TSimd.Add(sum0, TSimd.Load(stream));
                    sum1 = TSimd.Add(sum1, TSimd.Load(stream + TSimd.Width));
                    sum2 = TSimd.Add(sum2, TSimd.Load(stream + 2 * TSimd.Width));
                    sum3 = TSimd.Add(sum3, TSimd.Load(stream + 3 * TSimd.Width));
                }
            }
            TSimd.Store(scratch, TSimd.Add(TSimd.Add(sum0, sum1), TSimd.Add(sum2, sum3)));
        }
    }
}
