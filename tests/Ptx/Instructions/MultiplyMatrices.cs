using System.Runtime.Intrinsics;

namespace Transformer.Compiled.Ptx;

/// <summary>
/// <c>mma.sync</c>: D[16,8] = A[16,K] · B[K,8] + C[16,8], with float32 sums in the order of k. Fragments are those of the PTX ISA ("Matrix Fragments for mma.m16n8k…"): with
/// g = lane / 4 and t = lane mod 4, C holds rows g and g + 8, columns 2t and 2t + 1.
/// </summary>
internal sealed unsafe class MultiplyMatrices(PtxType type, int inner, int[] d, int[] a, int[] b, int[] c) : Operation
{
    private const int Rows = 16;
    private const int Columns = 8;
    private const uint TensorFloatMask = ~0x1FFFu;

    public override void Execute(Warp warp, uint mask)
    {
        WarpMembers.CheckAll(mask);
        float* left = stackalloc float[Rows * inner];
        float* right = stackalloc float[inner * Columns];
        float* sums = stackalloc float[Rows * Columns];
        byte* file = warp.Registers;
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            int group = lane / 4, thread = lane % 4;
            if (type == PtxType.TF32) GatherWords(file, lane, group, thread, left, right);
            else GatherPairs(file, lane, group, thread, left, right);
            for (int index = 0; index < 4; index++) sums[SumAt(group, thread, index)] = Lane.Get<float>(file + c[index], lane);
        }

        for (int row = 0; row < Rows; row++)
        {
            var sum = Vector256.Load(sums + (row * Columns));
            for (int k = 0; k < inner; k++)
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(left[(row * inner) + k]), Vector256.Load(right + (k * Columns)), sum);
            sum.Store(sums + (row * Columns));
        }

        for (int lane = 0; lane < Warp.Lanes; lane++)
            for (int index = 0; index < 4; index++) Lane.Set(file + d[index], lane, sums[SumAt(lane / 4, lane % 4, index)]);
    }

    private static int SumAt(int group, int thread, int index) => ((group + (index / 2 * 8)) * Columns) + (thread * 2) + (index % 2);

    /// <summary>One element to a register: A has rows g and g + 8 in turn, then columns t + 4; B has rows t and t + 4.</summary>
    private void GatherWords(byte* file, int lane, int group, int thread, float* left, float* right)
    {
        for (int index = 0; index < a.Length; index++)
            left[((group + (index % 2 * 8)) * inner) + thread + (index / 2 * 4)] = TensorFloat(Lane.Get<uint>(file + a[index], lane));
        for (int index = 0; index < b.Length; index++)
            right[((thread + (index * 4)) * Columns) + group] = TensorFloat(Lane.Get<uint>(file + b[index], lane));
    }

    /// <summary>Two elements to a register: A has rows g and g + 8 in turn, columns 2t and 2t + 1, then 8 further; B has rows 2t and 2t + 1, then 8 further.</summary>
    private void GatherPairs(byte* file, int lane, int group, int thread, float* left, float* right)
    {
        for (int index = 0; index < a.Length; index++)
        {
            uint pair = Lane.Get<uint>(file + a[index], lane);
            float* to = left + ((group + (index % 2 * 8)) * inner) + (thread * 2) + (index / 2 * 8);
            to[0] = Half(pair & 0xFFFF);
            to[1] = Half(pair >> 16);
        }

        for (int index = 0; index < b.Length; index++)
        {
            uint pair = Lane.Get<uint>(file + b[index], lane);
            float* to = right + (((thread * 2) + (index * 8)) * Columns) + group;
            to[0] = Half(pair & 0xFFFF);
            to[Columns] = Half(pair >> 16);
        }
    }

    private static float TensorFloat(uint bits) => BitConverter.UInt32BitsToSingle(bits & TensorFloatMask);

    private float Half(uint bits) => type == PtxType.BF16 ? BitConverter.UInt32BitsToSingle(bits << 16) : (float)BitConverter.UInt16BitsToHalf((ushort)bits);
}
