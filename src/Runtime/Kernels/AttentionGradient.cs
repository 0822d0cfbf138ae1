using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// The backward pass of Attention, block by block (T. Dao, "FlashAttention-2", 2023, algorithm 2). With the log-normalizer L
// and D_i = do_i·o_i (which is Σ_j p_ij · dp_ij, dropout included), for each pair of blocks, d drawn again:
//
//   p_ij = e^(scale · q_i·k_j − L_i)             dp_ij = d_ij · do_i·v_j             ds_ij = scale · p_ij · (dp_ij − D_i)
//   dv_j += Σ_i d_ij · p_ij · do_i               dk_j += Σ_i ds_ij · q_i             dq_i += Σ_j ds_ij · k_j
//
// With terms (AttentionTerms.cs), p is the exponential of the whole score and d includes the factors; p_ij · (dp_ij − D_i) is
// the gradient of what was added to a score, and is stored only for terms that want it. Where the weights gather more than
// values, that adds to do_i·v_j, and o is all that they gather.
//
// Whoever writes a gradient owns it, so nothing is added atomically. Where there are enough key/value heads, a task is one
// of them with its queries' heads, and writes all three gradients. Where there are not, scores are computed twice: tasks
// for a block of keys write dk and dv, then tasks for a chunk of a head's queries write dq.
public static unsafe partial class Attention
{
    /// <summary>With fewer key/value heads (of all sequences) than this the gradients are split over two kinds of tasks.</summary>
    internal const int EnoughHeads = 8;

    /// <summary>The most keys, and the most queries, of a block.</summary>
    private const int GradientBlock = 64;

    /// <summary>The gradients of q, k and v; all of each is written.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="dO">The gradient of <paramref name="o"/>, shaped like it.</param>
    /// <param name="q">As in the forward pass.</param>
    /// <param name="k">As in the forward pass.</param>
    /// <param name="v">As in the forward pass.</param>
    /// <param name="o">The forward pass's result.</param>
    /// <param name="logNormalizers">The forward pass's result.</param>
    /// <param name="scale">As in the forward pass.</param>
    /// <param name="mask">As in the forward pass.</param>
    /// <param name="dropoutRate">As in the forward pass.</param>
    /// <param name="stream">As in the forward pass.</param>
    /// <param name="site">As in the forward pass.</param>
    /// <param name="sequences">As in the forward pass.</param>
    /// <param name="queries">As in the forward pass.</param>
    /// <param name="keys">As in the forward pass.</param>
    /// <param name="dQ">Shaped like <paramref name="q"/>.</param>
    /// <param name="dK">Shaped like <paramref name="k"/>.</param>
    /// <param name="dV">Shaped like <paramref name="v"/>.</param>
    public static void Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, Pointer<float> o, Pointer<float> logNormalizers,
        float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys,
        Pointer<float> dQ, Pointer<float> dK, Pointer<float> dV)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension =>
        Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithoutTerms, Fastest>(
            team, dO, q, k, v, o, logNormalizers, default, default, scale, mask, dropoutRate, stream, site, sequences, queries, keys, dQ, dK, dV, default);

    /// <summary>As <c>Gradient</c>, with terms, and the gradient of those that are added to scores.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="dO">The gradient of <paramref name="o"/>, shaped like it.</param>
    /// <param name="q">As in the forward pass.</param>
    /// <param name="k">As in the forward pass.</param>
    /// <param name="v">As in the forward pass.</param>
    /// <param name="o">The forward pass's result.</param>
    /// <param name="logNormalizers">The forward pass's result.</param>
    /// <param name="keyMask">As in the forward pass, like the following ones.</param>
    /// <param name="distances">As in the forward pass.</param>
    /// <param name="reach">As in the forward pass.</param>
    /// <param name="scores">As in the forward pass.</param>
    /// <param name="pairs">As in the forward pass.</param>
    /// <param name="factors">As in the forward pass.</param>
    /// <param name="dWeights">
    /// [sequences, Heads, queries, keys], or none: what else than values is gathered with the weights adds so much to their gradients, and is part of
    /// <paramref name="o"/>.
    /// </param>
    /// <param name="scale">As in the forward pass.</param>
    /// <param name="mask">As in the forward pass.</param>
    /// <param name="dropoutRate">As in the forward pass.</param>
    /// <param name="stream">As in the forward pass.</param>
    /// <param name="site">As in the forward pass.</param>
    /// <param name="sequences">As in the forward pass.</param>
    /// <param name="queries">As in the forward pass.</param>
    /// <param name="keys">As in the forward pass.</param>
    /// <param name="dQ">Shaped like <paramref name="q"/>.</param>
    /// <param name="dK">Shaped like <paramref name="k"/>.</param>
    /// <param name="dV">Shaped like <paramref name="v"/>.</param>
    /// <param name="dScores">[sequences, Heads, queries, keys], all of it written; or none.</param>
    public static void GradientWithTerms<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, Pointer<float> o, Pointer<float> logNormalizers,
        Pointer<int> keyMask, Pointer<float> distances, int reach, Pointer<float> scores, Pointer<float> pairs, Pointer<float> factors,
        Pointer<float> dWeights, float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys,
        Pointer<float> dQ, Pointer<float> dK, Pointer<float> dV, Pointer<float> dScores)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension =>
        Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Fastest>(
            team, dO, q, k, v, o, logNormalizers, new(keyMask, distances, reach, scores, pairs, factors, THeads.Value, queries, keys),
            dWeights, scale, mask, dropoutRate, stream, site, sequences, queries, keys, dQ, dK, dV, dScores);

    internal static void Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms, TInstructions>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, Pointer<float> o, Pointer<float> logNormalizers,
        in AttentionTerms terms, Pointer<float> dWeights, float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int sequences, int queries, int keys,
        Pointer<float> dQ, Pointer<float> dK, Pointer<float> dV, Pointer<float> dScores)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
        where TInstructions : struct, IInstructions
    {
        CheckHeads<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>();
        AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> gradients = new()
        {
            OutputGradient = dO.Value,
            Q = q.Value,
            K = k.Value,
            V = v.Value,
            O = o.Value,
            LogNormalizers = logNormalizers.Value,
            Terms = terms,
            Scale = scale,
            Mask = mask,
            Dropout = new AttentionDropout(dropoutRate, stream, site, keys),
            Queries = queries,
            Keys = keys,
            QueryGradient = dQ.Value,
            KeyGradient = dK.Value,
            ValueGradient = dV.Value,
            ScoreGradient = dScores.Value,
            WeightGradient = dWeights.Value,
        };

        int keyHeads = sequences * TKeyValueHeads.Value;
        long work = (long)sequences * THeads.Value * queries * keys * (3 * THeadDim.Value + 2 * TValueHeadDim.Value);
        if (keyHeads >= EnoughHeads)
        {
            TaskList.Run<HeadTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms>, TInstructions>(team, new() { Gradients = gradients }, keyHeads, work);
            return;
        }
        TaskList.Run<KeyTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms>, TInstructions>(
            team, new() { Gradients = gradients }, keyHeads * Chunks(keys, GradientBlock), work);
        TaskList.Run<QueryTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms>, TInstructions>(
            team, new() { Gradients = gradients }, sequences * THeads.Value * Chunks(queries, GradientBlock), work);
    }

    private struct HeadTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> Gradients;

        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int group = THeads.Value / TKeyValueHeads.Value;
            int keyHead = task % TKeyValueHeads.Value;
            Gradients.Run<TSimd, TVector, AllGradients>(
                task / TKeyValueHeads.Value, (keyHead * group)..((keyHead + 1) * group), ..Gradients.Keys, ..Gradients.Queries, memory);
        }
    }

    private struct KeyTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> Gradients;

        // The first keys of a causal sequence are seen most: they come first.
        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int group = THeads.Value / TKeyValueHeads.Value;
            int blocks = Chunks(Gradients.Keys, GradientBlock);
            int keyHead = task / blocks % TKeyValueHeads.Value;
            int start = task % blocks * GradientBlock;
            int end = Math.Min(start + GradientBlock, Gradients.Keys);
            Gradients.Run<TSimd, TVector, KeyValueGradients>(
                task / blocks / TKeyValueHeads.Value, (keyHead * group)..((keyHead + 1) * group), start..end, ..Gradients.Queries, memory);
        }
    }

    private struct QueryTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> Gradients;

        // The last queries of a causal sequence see most: they come first.
        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int blocks = Chunks(Gradients.Queries, GradientBlock);
            int head = task / blocks % THeads.Value;
            int start = (blocks - 1 - task % blocks) * GradientBlock;
            int end = Math.Min(start + GradientBlock, Gradients.Queries);
            Gradients.Run<TSimd, TVector, QueryGradients>(
                task / blocks / THeads.Value, head..(head + 1), ..Gradients.Keys, start..end, memory);
        }
    }
}
