using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// distances[h, T − 1 + (key − query)] = table[bucket(key − query), h]
// dTable[b, h] = addend + Σ dDistances[h] over the distances of bucket b
// Buckets are runs of distances, so rows are filled, and their gradients summed, run by run. That is a moment's work: one tile.

/// <summary>Biases of attention by buckets of distances (Raffel et al. 2020), as in T5.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RelativeBias
{
    /// <summary>distances[Heads, 2 · length − 1] from table[buckets, Heads].</summary>
    public static void Forward<THeads>(ComputeTeam team, Pointer<float> table, RelativeBuckets buckets, int length, Pointer<float> distances)
        where THeads : struct, IDimension => Forward<THeads, Fastest>(team, table, buckets, length, distances);

    /// <summary>dTable[buckets, Heads], all of it; the addend (or none) may be dTable.</summary>
    public static void Gradient<THeads>(
        ComputeTeam team, Pointer<float> dDistances, Pointer<float> addend, RelativeBuckets buckets, int length, Pointer<float> dTable)
        where THeads : struct, IDimension => Gradient<THeads, Fastest>(team, dDistances, addend, buckets, length, dTable);

    internal static void Forward<THeads, TInstructions>(ComputeTeam team, Pointer<float> table, RelativeBuckets buckets, int length, Pointer<float> distances)
        where THeads : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new ForwardKernel<THeads>(table.Value, buckets, length, distances.Value), 1);

    internal static void Gradient<THeads, TInstructions>(
        ComputeTeam team, Pointer<float> dDistances, Pointer<float> addend, RelativeBuckets buckets, int length, Pointer<float> dTable)
        where THeads : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new GradientKernel<THeads>(dDistances.Value, addend.Value, buckets, length, dTable.Value), 1);

    /// <summary>Visits the runs of distances that share a bucket: from <c>start</c> on in each head's row.</summary>
    private interface IRuns
    {
        void At<TSimd, V>(int bucket, int start, int count)
            where TSimd : struct, ISimd<V>
            where V : struct;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForEachRun<TSimd, V, TRuns>(TRuns runs, RelativeBuckets buckets, int length)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TRuns : struct, IRuns
    {
        for (int magnitude = 0, end; magnitude < length; magnitude = end)
        {
            end = buckets.EndOf(magnitude, length);
            runs.At<TSimd, V>(buckets.Of(magnitude), length - end, end - magnitude);
            if (!buckets.Causal)
            {
                int first = Math.Max(1, magnitude);
                if (first < end) runs.At<TSimd, V>(buckets.PerDirection + buckets.Of(magnitude), length - 1 + first, end - first);
            }
        }

        if (buckets.Causal && length > 1) runs.At<TSimd, V>(0, length, length - 1);
    }

    private readonly struct ForwardKernel<THeads>(float* table, RelativeBuckets buckets, int length, float* distances) : ITiledKernel
        where THeads : struct, IDimension
    {
        private readonly float* _table = table;
        private readonly RelativeBuckets _buckets = buckets;
        private readonly int _length = length;
        private readonly float* _distances = distances;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct => ForEachRun<TSimd, V, Fill>(new(_table, (2 * (nint)_length) - 1, _distances), _buckets, _length);

        private readonly struct Fill(float* table, nint stride, float* distances) : IRuns
        {
            private readonly float* _table = table;
            private readonly nint _stride = stride;
            private readonly float* _distances = distances;

            public void At<TSimd, V>(int bucket, int start, int count)
                where TSimd : struct, ISimd<V>
                where V : struct
            {
                for (int head = 0; head < THeads.Value; head++)
                    new Span<float>(_distances + (head * _stride) + start, count).Fill(_table[(bucket * THeads.Value) + head]);
            }
        }
    }

    private readonly struct GradientKernel<THeads>(float* dDistances, float* addend, RelativeBuckets buckets, int length, float* dTable) : ITiledKernel
        where THeads : struct, IDimension
    {
        private readonly float* _dDistances = dDistances;
        private readonly float* _addend = addend;
        private readonly RelativeBuckets _buckets = buckets;
        private readonly int _length = length;
        private readonly float* _dTable = dTable;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            Span<float> dTable = new(_dTable, _buckets.Count * THeads.Value);
            if (_addend == null) dTable.Clear();
            else new ReadOnlySpan<float>(_addend, dTable.Length).CopyTo(dTable);
            ForEachRun<TSimd, V, Add>(new(_dDistances, (2 * (nint)_length) - 1, _dTable), _buckets, _length);
        }

        private readonly struct Add(float* dDistances, nint stride, float* dTable) : IRuns
        {
            private readonly float* _dDistances = dDistances;
            private readonly nint _stride = stride;
            private readonly float* _dTable = dTable;

            public void At<TSimd, V>(int bucket, int start, int count)
                where TSimd : struct, ISimd<V>
                where V : struct
            {
                for (int head = 0; head < THeads.Value; head++)
                    _dTable[(bucket * THeads.Value) + head] += Columns.Sum<TSimd, V, Element>(new(_dDistances + (head * _stride) + start), count);
            }
        }
    }

    /// <summary>Σ x.</summary>
    private readonly struct Element(float* x) : IColumnTerm
    {
        private readonly float* _x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TSimd.Add(sum, TLanes.Load<TSimd, V>(_x + column, lanes));
    }
}
