using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// ddistances[h, T − 1 + δ] = Σ over sequences b and queries i of ds[b, h, i, i + δ]   (+ addend)
//
// A task owns some neighbouring distances of a head. Of each query it sees one stretch of consecutive keys, one element
// further along for the next query. It sums 64 queries at a time, so that rounding errors grow with queries / 64.
public static unsafe partial class Attention
{
    private const int DistancesPerTask = 256;

    private const int QueriesPerSum = 64;

    /// <summary>The gradient of the distances from that of the scores.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="dScores">[sequences, Heads, queries, keys].</param>
    /// <param name="addend">Shaped like <paramref name="dDistances"/>, or none.</param>
    /// <param name="reach">T; at least the number of queries and of keys.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="queries">Queries in each.</param>
    /// <param name="keys">Keys in each.</param>
    /// <param name="dDistances">[Heads, 2 · reach − 1], all of it written; may be <paramref name="addend"/>.</param>
    public static void DistancesGradient<THeads>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> addend, int reach, int sequences, int queries, int keys, Pointer<float> dDistances)
        where THeads : struct, IDimension => DistancesGradient<THeads, Fastest>(team, dScores, addend, reach, sequences, queries, keys, dDistances);

    internal static void DistancesGradient<THeads, TInstructions>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> addend, int reach, int sequences, int queries, int keys, Pointer<float> dDistances)
        where THeads : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, Math.Max(queries, keys));
        DistanceTasks<THeads> tasks = new()
        {
            ScoreGradient = dScores.Value,
            Addend = addend.Value,
            Reach = reach,
            Sequences = sequences,
            Queries = queries,
            Keys = keys,
            Gradient = dDistances.Value,
        };
        long work = (long)sequences * THeads.Value * queries * keys;
        TaskList.Run<DistanceTasks<THeads>, TInstructions>(team, tasks, THeads.Value * tasks.Parts, work);
    }

    private struct DistanceTasks<THeads> : ITiledKernel
        where THeads : struct, IDimension
    {
        public float* ScoreGradient, Addend, Gradient;
        public int Reach, Sequences, Queries, Keys;

        public readonly int Distances => 2 * Reach - 1;

        public readonly int Parts => Chunks(Distances, DistancesPerTask);

        public readonly void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int head = task / Parts;
            int start = task % Parts * DistancesPerTask;
            int count = Math.Min(DistancesPerTask, Distances - start);
            float* total = memory;
            float* block = memory + DistancesPerTask;
            new Span<float>(total, DistancesPerTask).Clear();
            for (int sequence = 0; sequence < Sequences; sequence++)
            {
                float* scores = ScoreGradient + ((nint)sequence * THeads.Value + head) * Queries * Keys;
                for (int query = 0; query < Queries; query += QueriesPerSum)
                {
                    new Span<float>(block, DistancesPerTask).Clear();
                    int end = Math.Min(query + QueriesPerSum, Queries);
                    for (int i = query; i < end; i++)
                    {
                        int key = i + start - (Reach - 1);
                        int skipped = Math.Max(0, -key);
                        Add<TSimd, TVector>(scores + (nint)i * Keys + key + skipped, Math.Min(count, Keys - key) - skipped, block + skipped);
                    }
                    Add<TSimd, TVector>(block, DistancesPerTask, total);
                }
            }
            nint offset = (nint)head * Distances + start;
            if (Addend != null) Add<TSimd, TVector>(Addend + offset, count, total);
            new ReadOnlySpan<float>(total, count).CopyTo(new Span<float>(Gradient + offset, count));
        }

        /// <summary>sum += x.</summary>
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Add<TSimd, TVector>(float* x, int count, float* sum)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int j = 0;
            for (; j <= count - TSimd.Width; j += TSimd.Width) TSimd.Store(sum + j, TSimd.Add(TSimd.Load(sum + j), TSimd.Load(x + j)));
            for (; j < count; j++) sum[j] += x[j];
        }
    }
}
