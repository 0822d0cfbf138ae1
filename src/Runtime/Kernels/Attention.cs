using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// o_i = Σ_j p_ij · d_ij · v_j      p_ij = softmax_j(scale · q_i·k_j) over the keys that i sees      d = dropout, 0 or 1 / (1 − rate)
//
// Nothing of size T × T is stored: for each query L_i = ln Σ_j e^(scale · q_i·k_j), the log-normalizer, is all that the
// gradient needs. Query head h reads key/value head h / (Heads / KeyValueHeads) (J. Ainslie et al., "GQA", 2023).
//
// A task is a chunk of one head's queries. It walks over blocks of keys, packs each once, and lets those of its query rows
// that see any of them attend to it; blocks that nobody sees cost nothing. Chunks are as long as leaves enough of them.

/// <summary>Attention over whole sequences, for training: forward and backward, in the manner of FlashAttention-2.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Attention
{
    private const int LongestChunk = 256;
    private const int ShortestChunk = 64;

    /// <summary>Tasks that keep a machine busy.</summary>
    private const int EnoughTasks = 64;


    /// <summary>Heads have at most so many dimensions; the temporaries of a task would exceed its scratch otherwise.</summary>
    internal const int LargestHeadDim = 1024;

    /// <summary>o = dropout(softmax(scale · q·kᵀ + mask)) · v for each head.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[batch · sequence, Heads · HeadDim].</param>
    /// <param name="k">[batch · sequence, KeyValueHeads · HeadDim].</param>
    /// <param name="v">Like <paramref name="k"/>.</param>
    /// <param name="scale">What scores are multiplied with, usually 1/√HeadDim; positive.</param>
    /// <param name="mask">Which keys a query sees; a query that sees none gives zeros.</param>
    /// <param name="dropoutRate">The probability with which a probability becomes zero; in [0, 1).</param>
    /// <param name="stream">Where the dropout's random numbers come from; a disabled stream means no dropout.</param>
    /// <param name="site">The stable name of this dropout; element ((b · Heads + h) · T + i) · T + j belongs to p_ij.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="sequence">The length T of each.</param>
    /// <param name="o">[batch · sequence, Heads · HeadDim].</param>
    /// <param name="logNormalizers">[batch, Heads, sequence].</param>
    public static void Forward<THeads, TKeyValueHeads, THeadDim>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, Pointer<float> v, float scale, AttentionMask mask,
        float dropoutRate, in RandomStream stream, uint site, int batch, int sequence, Pointer<float> o, Pointer<float> logNormalizers)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, Fastest>(team, q, k, v, scale, mask, dropoutRate, stream, site, batch, sequence, o, logNormalizers);

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, Pointer<float> v, float scale, AttentionMask mask,
        float dropoutRate, in RandomStream stream, uint site, int batch, int sequence, Pointer<float> o, Pointer<float> logNormalizers)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        CheckHeads<THeads, TKeyValueHeads, THeadDim>();
        int chunk = LongestChunkWithin(HeadPanels.RoundUp(THeadDim.Value));
        while (chunk > ShortestChunk && batch * THeads.Value * Chunks(sequence, chunk) < EnoughTasks) chunk /= 2;

        ForwardKernel<THeads, TKeyValueHeads, THeadDim> kernel = new()
        {
            Q = q.Value,
            K = k.Value,
            V = v.Value,
            Scale = scale,
            Mask = mask,
            Dropout = new AttentionDropout(dropoutRate, stream, site, sequence),
            Batch = batch,
            Sequence = sequence,
            Chunk = chunk,
            O = o.Value,
            LogNormalizers = logNormalizers.Value,
        };
        long work = 2L * batch * THeads.Value * sequence * sequence * THeadDim.Value;
        TaskList.Run<ForwardKernel<THeads, TKeyValueHeads, THeadDim>, TInstructions>(team, kernel, batch * THeads.Value * Chunks(sequence, chunk), work);
    }

    private static int Chunks(int sequence, int chunk) => (sequence + chunk - 1) / chunk;

    /// <summary>Rows whose accumulators fill at most a quarter of the scratch.</summary>
    private static int LongestChunkWithin(int paddedHeadDim) => Math.Min(LongestChunk, ComputeTeam.ScratchFloats / 4 / paddedHeadDim);

    internal static void CheckHeads<THeads, TKeyValueHeads, THeadDim>()
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        if (THeads.Value % TKeyValueHeads.Value != 0) throw new NotSupportedException("The number of heads is a multiple of the number of key/value heads.");
        if (THeadDim.Value > LargestHeadDim) throw new NotSupportedException($"A head has at most {LargestHeadDim} dimensions.");
    }

    private struct ForwardKernel<THeads, TKeyValueHeads, THeadDim> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        public float* Q, K, V, O, LogNormalizers;
        public float Scale;
        public AttentionMask Mask;
        public AttentionDropout Dropout;
        public int Batch, Sequence, Chunk;

        private static int PaddedHeadDim => HeadPanels.RoundUp(THeadDim.Value);

        private static nint QueryStride => HeadRow<THeads, THeadDim>.Value;

        private static nint KeyStride => HeadRow<TKeyValueHeads, THeadDim>.Value;

        /// <summary>Keys in a block: fewer where the head dimension is large, so that a packed block fits.</summary>
        private static int BlockKeys => Math.Clamp(32 * 1024 / PaddedHeadDim & -HeadPanels.Width, HeadPanels.Width, KeyValueBlock.MostKeys);

        // The last chunks of a causal sequence see the most keys: they come first.
        public readonly void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int heads = Batch * THeads.Value;
            int sequence = task % heads / THeads.Value;
            int head = task % heads % THeads.Value;
            int start = (Chunks(Sequence, Chunk) - 1 - task / heads) * Chunk;
            int count = Math.Min(Chunk, Sequence - start);

            nint firstRow = (nint)sequence * Sequence;
            nint keyHead = firstRow * KeyStride + head / (THeads.Value / TKeyValueHeads.Value) * THeadDim.Value;
            nint queryHead = (firstRow + start) * QueryStride + head * THeadDim.Value;
            long plane = ((long)sequence * THeads.Value + head) * Sequence;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Q + queryHead, count, PaddedHeadDim);
            for (int i = 0; i < count; i++)
            {
                rows.First[i] = Mask.First(start + i);
                rows.End[i] = Mask.End(start + i, Sequence);
            }

            float* scores = scratch.Take(OnlineSoftmax.ScoreFloats);
            KeyValueBlock block = new()
            {
                Keys = scratch.Take(BlockKeys * THeadDim.Value),
                Values = scratch.Take(BlockKeys * PaddedHeadDim),
                ValueStride = BlockKeys * HeadPanels.Width,
            };
            int end = rows.End[count - 1];
            for (block.Start = rows.First[0]; block.Start < end; block.Start += BlockKeys)
            {
                block.Count = Math.Min(BlockKeys, end - block.Start);
                HeadPanels.Transposed<THeadDim>(K + keyHead + block.Start * KeyStride, KeyStride, block.Count, block.Keys);
                HeadPanels.Rows<TSimd, TVector, THeadDim>(V + keyHead + block.Start * KeyStride, KeyStride, block.Count, BlockKeys, block.Values);
                OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim>.Attend(rows, block, Scale, Dropout, plane + start, scores);
            }

            OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim>.Finish(rows, O + queryHead);
            float* logNormalizers = LogNormalizers + plane + start;
            for (int i = 0; i < count; i++) logNormalizers[i] = rows.Maximum[i] + MathF.Log(rows.Sum[i]);
        }
    }
}
