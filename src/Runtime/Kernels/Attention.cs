using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// o_i = Σ_j p_ij · d_ij · v_j      p_ij = softmax_j(scale · q_i·k_j) over the keys that i sees      d = dropout, 0 or 1 / (1 − rate)
//
// What may be added to scores or multiplied with probabilities is in AttentionTerms.cs. Queries and keys are as many (of one
// sequence) or not (of two). Nothing of size Q × K is stored: for each query L_i = ln Σ_j e^(s_ij), the log-normalizer, is all that the
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

    /// <summary>Tasks for each thread that keep all of them busy to the end; one thread needs no more than there are heads.</summary>
    private const int EnoughTasks = 8;

    /// <summary>Heads have at most so many dimensions; the temporaries of a task would exceed its scratch otherwise.</summary>
    internal const int LargestHeadDim = 1024;

    /// <summary>o = dropout(softmax(scale · q·kᵀ + mask)) · v for each head.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[sequences · queries, Heads · HeadDim].</param>
    /// <param name="k">[sequences · keys, KeyValueHeads · HeadDim].</param>
    /// <param name="v">[sequences · keys, KeyValueHeads · ValueHeadDim].</param>
    /// <param name="scale">What scores are multiplied with, usually 1/√HeadDim; positive.</param>
    /// <param name="mask">Which keys a query sees, both counted from the first of the sequence; a query that sees none gives zeros.</param>
    /// <param name="dropoutRate">The probability with which a probability becomes zero; in [0, 1).</param>
    /// <param name="stream">Where the dropout's random numbers come from; a disabled stream means no dropout.</param>
    /// <param name="site">The stable name of this dropout; element ((b · Heads + h) · queries + i) · keys + j belongs to p_ij.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="queries">Queries in each.</param>
    /// <param name="keys">Keys in each.</param>
    /// <param name="o">[sequences · queries, Heads · ValueHeadDim].</param>
    /// <param name="logNormalizers">[sequences, Heads, queries], or none.</param>
    public static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, Pointer<float> v, float scale, AttentionMask mask,
        float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys, Pointer<float> o, Pointer<float> logNormalizers)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithoutTerms, Fastest>(
            team, q, k, v, default, scale, mask, dropoutRate, stream, site, sequences, queries, keys, o, logNormalizers);

    /// <summary>As <c>Forward</c>, with terms of the scores and factors of the probabilities. Any of them may be none.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">As without terms.</param>
    /// <param name="k">As without terms.</param>
    /// <param name="v">As without terms.</param>
    /// <param name="keyMask">[sequences, keys]; 0 hides a key.</param>
    /// <param name="distances">[Heads, 2 · reach − 1]; element reach − 1 + (key − query) is added to the scaled score.</param>
    /// <param name="reach">At least the number of queries and of keys.</param>
    /// <param name="scores">[sequences, Heads, queries, keys], added to the scaled scores; −∞ hides a key.</param>
    /// <param name="pairs">[sequences, queries, keys], added to the scaled scores; −∞ hides a key.</param>
    /// <param name="factors">[sequences, queries, keys], multiplied with the probabilities.</param>
    /// <param name="scale">As without terms.</param>
    /// <param name="mask">As without terms.</param>
    /// <param name="dropoutRate">As without terms.</param>
    /// <param name="stream">As without terms.</param>
    /// <param name="site">As without terms.</param>
    /// <param name="sequences">As without terms.</param>
    /// <param name="queries">As without terms.</param>
    /// <param name="keys">As without terms.</param>
    /// <param name="o">As without terms.</param>
    /// <param name="logNormalizers">As without terms; −∞ where a query sees no key.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are distances, and more queries or keys than they reach over.</exception>
    public static void ForwardWithTerms<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, Pointer<float> v,
        Pointer<int> keyMask, Pointer<float> distances, int reach, Pointer<float> scores, Pointer<float> pairs, Pointer<float> factors,
        float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys,
        Pointer<float> o, Pointer<float> logNormalizers)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Fastest>(
            team, q, k, v, new(keyMask, distances, reach, scores, pairs, factors, THeads.Value, queries, keys),
            scale, mask, dropoutRate, stream, site, sequences, queries, keys, o, logNormalizers);

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, Pointer<float> v, in AttentionTerms terms, float scale, AttentionMask mask,
        float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys, Pointer<float> o, Pointer<float> logNormalizers)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
        where TInstructions : struct, IInstructions
    {
        CheckHeads<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>();
        int chunk = LongestChunkWithin(HeadPanels.RoundUp(TValueHeadDim.Value));
        int enough = team.Threads > 1 ? EnoughTasks * team.Threads : 1;
        while (chunk > ShortestChunk && sequences * THeads.Value * Chunks(queries, chunk) < enough) chunk /= 2;

        ForwardKernel<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> kernel = new()
        {
            Q = q.Value,
            K = k.Value,
            V = v.Value,
            Terms = terms,
            Scale = scale,
            Mask = mask,
            Dropout = new AttentionDropout(dropoutRate, stream, site, keys),
            Sequences = sequences,
            Queries = queries,
            Keys = keys,
            Chunk = chunk,
            O = o.Value,
            LogNormalizers = logNormalizers.Value,
        };
        long work = (long)sequences * THeads.Value * queries * keys * (THeadDim.Value + TValueHeadDim.Value);
        TaskList.Run<ForwardKernel<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms>, TInstructions>(
            team, kernel, sequences * THeads.Value * Chunks(queries, chunk), work);
    }

    private static int Chunks(int rows, int chunk) => (rows + chunk - 1) / chunk;

    /// <summary>Rows whose accumulators fill at most a quarter of the scratch.</summary>
    private static int LongestChunkWithin(int paddedHeadDim) => Math.Min(LongestChunk, ComputeTeam.ScratchFloats / 4 / paddedHeadDim);

    internal static void CheckHeads<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>()
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
    {
        if (THeads.Value % TKeyValueHeads.Value != 0) throw new NotSupportedException("The number of heads is a multiple of the number of key/value heads.");
        if (Math.Max(THeadDim.Value, TValueHeadDim.Value) > LargestHeadDim)
            throw new NotSupportedException($"A head has at most {LargestHeadDim} dimensions, not {Math.Max(THeadDim.Value, TValueHeadDim.Value)}.");
    }

    private struct ForwardKernel<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public float* Q, K, V, O, LogNormalizers;
        public AttentionTerms Terms;
        public float Scale;
        public AttentionMask Mask;
        public AttentionDropout Dropout;
        public int Sequences, Queries, Keys, Chunk;

        private static int PaddedValueHeadDim => HeadPanels.RoundUp(TValueHeadDim.Value);

        private static nint QueryStride => HeadRow<THeads, THeadDim>.Value;

        private static nint KeyStride => HeadRow<TKeyValueHeads, THeadDim>.Value;

        private static nint ValueStride => HeadRow<TKeyValueHeads, TValueHeadDim>.Value;

        private static nint OutputStride => HeadRow<THeads, TValueHeadDim>.Value;

        /// <summary>Keys in a block: fewer where the head dimensions are large, so that a packed block fits.</summary>
        private static int BlockKeys =>
            Math.Clamp(32 * 1024 / HeadPanels.RoundUp(Math.Max(THeadDim.Value, TValueHeadDim.Value)) & -HeadPanels.Width, HeadPanels.Width, KeyValueBlock.MostKeys);

        // The last chunks of a causal sequence see the most keys: they come first.
        public readonly void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int heads = Sequences * THeads.Value;
            int sequence = task % heads / THeads.Value;
            int head = task % heads % THeads.Value;
            int start = (Chunks(Queries, Chunk) - 1 - task / heads) * Chunk;
            int count = Math.Min(Chunk, Queries - start);

            nint firstKey = (nint)sequence * Keys;
            nint firstQuery = (nint)sequence * Queries + start;
            int keyHead = head / (THeads.Value / TKeyValueHeads.Value);
            float* keys = K + firstKey * KeyStride + keyHead * THeadDim.Value;
            float* values = V + firstKey * ValueStride + keyHead * TValueHeadDim.Value;
            long plane = ((long)sequence * THeads.Value + head) * Queries;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Q + firstQuery * QueryStride + head * THeadDim.Value, count, PaddedValueHeadDim);
            SetVisible(rows, sequence, start);
            TermRows terms = TTerms.HasTerms ? Terms.Rows(sequence, head, start) : default;
            float* scores = scratch.Take(OnlineSoftmax.ScoreFloats);
            KeyValueBlock block = new()
            {
                Keys = scratch.Take(BlockKeys * THeadDim.Value),
                Values = scratch.Take(BlockKeys * PaddedValueHeadDim),
                ValueStride = BlockKeys * HeadPanels.Width,
            };
            int end = rows.End[count - 1];
            // Blocks are the same for all chunks: results do not depend on where a chunk begins.
            for (block.Start = rows.First[0] / BlockKeys * BlockKeys; block.Start < end; block.Start += BlockKeys)
            {
                block.Count = Math.Min(BlockKeys, end - block.Start);
                HeadPanels.Transposed<THeadDim>(keys + block.Start * KeyStride, KeyStride, block.Count, block.Keys);
                HeadPanels.Rows<TSimd, TVector, TValueHeadDim>(values + block.Start * ValueStride, ValueStride, block.Count, BlockKeys, block.Values);
                OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim, TValueHeadDim>.Attend<TTerms>(
                    rows, block, Scale, Dropout, plane + start, terms, scores);
            }

            OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim, TValueHeadDim>.Finish(
                rows, O + firstQuery * OutputStride + head * TValueHeadDim.Value, OutputStride);
            if (LogNormalizers == null) return;
            float* logNormalizers = LogNormalizers + plane + start;
            for (int i = 0; i < count; i++) logNormalizers[i] = rows.Maximum[i] + MathF.Log(rows.Sum[i]);
        }

        private readonly void SetVisible(in QueryRows rows, int sequence, int start)
        {
            (int first, int end) = TTerms.HasTerms ? Terms.Visible(sequence) : (0, Keys);
            for (int i = 0; i < rows.Count; i++)
            {
                rows.First[i] = Math.Max(first, Mask.First(start + i));
                rows.End[i] = Math.Min(end, Mask.End(start + i, Keys));
            }
        }
    }
}
