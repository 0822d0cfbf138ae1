using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class RelativeBiasTests
{
    public static TheoryData<int> Lengths => [1, 2, 9, 40, 300];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Distances_and_gradients_agree_with_the_reference(int length)
    {
        foreach (bool causal in (bool[])[false, true])
        {
            Check<D1>(new(32, 128, causal), length);
            Check<D7>(new(32, 128, causal), length);
            Check<D16>(new(6, 20, causal), length);
            Check<D3>(new(7, 5, causal), length);
        }
    }

    /// <summary>Buckets of Hugging Face's _relative_position_bucket with 32 buckets up to 128, as T5 has them, at the first distance of each.</summary>
    [Fact]
    public void Buckets_begin_where_those_of_T5_do()
    {
        RelativeBuckets bidirectional = new(32, 128, Causal: false), causal = new(32, 128, Causal: true);
        int[] first = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91];
        Assert.Equal(first, Enumerable.Range(0, 16).Select(bucket => Enumerable.Range(0, 200).First(distance => bidirectional.Of(distance) == bucket)));
        int[] firstCausal = [.. Enumerable.Range(0, 17), 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113];
        Assert.Equal(firstCausal, Enumerable.Range(0, 32).Select(bucket => Enumerable.Range(0, 200).First(distance => causal.Of(distance) == bucket)));
        Assert.Equal(31, causal.Of(1_000_000));
    }

    private static void Check<THeads>(RelativeBuckets buckets, int length)
        where THeads : struct, IDimension
    {
        using KernelTest test = new();
        int heads = THeads.Value, width = (2 * length) - 1;
        var table = test.Source(buckets.Count * heads, out double[] tables);
        var dDistances = test.Source(heads * width, out double[] gradients);
        var addend = test.Source(buckets.Count * heads, out double[] addends);
        double[] distances = new double[heads * width], dTable = new double[buckets.Count * heads];
        for (int i = 0; i < distances.Length; i++)
        {
            int entry = (Bucket(buckets, (i % width) + 1 - length) * heads) + (i / width);
            distances[i] = tables[entry];
            dTable[entry] += gradients[i];
        }

        test.Check(distances, (team, d) => RelativeBias.Forward<THeads, Chosen>(team, table, buckets, length, d));
        test.Check(distances, (team, d) => RelativeBias.Forward<THeads>(team, table, buckets, length, d));
        test.Check(dTable, (team, d) => RelativeBias.Gradient<THeads, Chosen>(team, dDistances, default, buckets, length, d));
        test.Check(Reference.Add(dTable, addends), (team, d) => RelativeBias.Gradient<THeads, Chosen>(team, dDistances, addend, buckets, length, d));
        test.Check(Reference.Add(dTable, addends), (team, d) =>
        {
            for (int i = 0; i < addends.Length; i++) d[i] = (float)addends[i];
            RelativeBias.Gradient<THeads>(team, dDistances, d, buckets, length, d);
        });
    }

    /// <summary>The library's function, word for word, but for double precision; none of the cases is near a boundary.</summary>
    private static int Bucket(RelativeBuckets buckets, int relativePosition)
    {
        (int count, int result) = (buckets.Count, 0);
        if (!buckets.Causal)
        {
            count /= 2;
            result += relativePosition > 0 ? count : 0;
            relativePosition = Math.Abs(relativePosition);
        }
        else
        {
            relativePosition = -Math.Min(relativePosition, 0);
        }

        int exact = count / 2;
        if (relativePosition < exact) return result + relativePosition;
        double share = Math.Log((double)relativePosition / exact) / Math.Log((double)buckets.MaxDistance / exact);
        return result + Math.Min(count - 1, exact + (int)((share * (count - exact)) + 1e-7));
    }
}
