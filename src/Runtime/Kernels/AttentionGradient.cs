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
    /// <param name="batch">As in the forward pass.</param>
    /// <param name="sequence">As in the forward pass.</param>
    /// <param name="dQ">Shaped like <paramref name="q"/>.</param>
    /// <param name="dK">Shaped like <paramref name="k"/>.</param>
    /// <param name="dV">Shaped like <paramref name="v"/>.</param>
    public static void Gradient<THeads, TKeyValueHeads, THeadDim>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, Pointer<float> o, Pointer<float> logNormalizers,
        float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int batch, int sequence,
        Pointer<float> dQ, Pointer<float> dK, Pointer<float> dV)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension =>
        Gradient<THeads, TKeyValueHeads, THeadDim, Fastest>(
            team, dO, q, k, v, o, logNormalizers, scale, mask, dropoutRate, stream, site, batch, sequence, dQ, dK, dV);

    internal static void Gradient<THeads, TKeyValueHeads, THeadDim, TInstructions>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, Pointer<float> o, Pointer<float> logNormalizers,
        float scale, AttentionMask mask, float dropoutRate, in RandomStream stream, uint site, int batch, int sequence,
        Pointer<float> dQ, Pointer<float> dK, Pointer<float> dV)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        CheckHeads<THeads, TKeyValueHeads, THeadDim>();
        AttentionGradients<THeads, TKeyValueHeads, THeadDim> gradients = new()
        {
            OutputGradient = dO.Value,
            Q = q.Value,
            K = k.Value,
            V = v.Value,
            O = o.Value,
            LogNormalizers = logNormalizers.Value,
            Scale = scale,
            Mask = mask,
            Dropout = new AttentionDropout(dropoutRate, stream, site, sequence),
            Sequence = sequence,
            QueryGradient = dQ.Value,
            KeyGradient = dK.Value,
            ValueGradient = dV.Value,
        };

        int keyHeads = batch * TKeyValueHeads.Value;
        long work = 5L * batch * THeads.Value * sequence * sequence * THeadDim.Value;
        if (keyHeads >= EnoughHeads)
        {
            TaskList.Run<HeadTasks<THeads, TKeyValueHeads, THeadDim>, TInstructions>(team, new() { Gradients = gradients }, keyHeads, work);
            return;
        }
        int blocks = Chunks(sequence, GradientBlock);
        TaskList.Run<KeyTasks<THeads, TKeyValueHeads, THeadDim>, TInstructions>(team, new() { Gradients = gradients }, keyHeads * blocks, work);
        TaskList.Run<QueryTasks<THeads, TKeyValueHeads, THeadDim>, TInstructions>(team, new() { Gradients = gradients }, batch * THeads.Value * blocks, work);
    }

    private struct HeadTasks<THeads, TKeyValueHeads, THeadDim> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim> Gradients;

        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int group = THeads.Value / TKeyValueHeads.Value;
            int keyHead = task % TKeyValueHeads.Value;
            Gradients.Run<TSimd, TVector, AllGradients>(
                task / TKeyValueHeads.Value, (keyHead * group)..((keyHead + 1) * group), ..Gradients.Sequence, ..Gradients.Sequence, memory);
        }
    }

    private struct KeyTasks<THeads, TKeyValueHeads, THeadDim> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim> Gradients;

        // The first keys of a causal sequence are seen most: they come first.
        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int group = THeads.Value / TKeyValueHeads.Value;
            int blocks = Chunks(Gradients.Sequence, GradientBlock);
            int keyHead = task / blocks % TKeyValueHeads.Value;
            int start = task % blocks * GradientBlock;
            int end = Math.Min(start + GradientBlock, Gradients.Sequence);
            Gradients.Run<TSimd, TVector, KeyValueGradients>(
                task / blocks / TKeyValueHeads.Value, (keyHead * group)..((keyHead + 1) * group), start..end, ..Gradients.Sequence, memory);
        }
    }

    private struct QueryTasks<THeads, TKeyValueHeads, THeadDim> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        public AttentionGradients<THeads, TKeyValueHeads, THeadDim> Gradients;

        // The last queries of a causal sequence see most: they come first.
        public void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int blocks = Chunks(Gradients.Sequence, GradientBlock);
            int head = task / blocks % THeads.Value;
            int start = (blocks - 1 - task % blocks) * GradientBlock;
            int end = Math.Min(start + GradientBlock, Gradients.Sequence);
            Gradients.Run<TSimd, TVector, QueryGradients>(
                task / blocks / THeads.Value, head..(head + 1), ..Gradients.Sequence, start..end, memory);
        }
    }
}
