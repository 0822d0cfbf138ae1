using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class FlashAttentionGradientTests
{
    public static TheoryData<string> Cases => [.. AttentionCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_go_back(string name)
    {
        AttentionCase attention = AttentionCases.All[name];
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention, data);
        expected.Differentiate(weightGradient: null);
        using var device = new Device();
        DeviceBuffer means = device.Unwritten(expected.Means.Length), dO = device.Of(data.OutputGradient);
        device.Run(AttentionGradientKernels.Means(attention.Kernel), dO, device.Of([.. expected.O.Select(value => (float)value)]), means);
        Numbers.Close(expected.Means, means.Floats(), 1e-5, 1e-5);

        object[] operands = Operands(device, data, expected, means);
        DeviceBuffer dQ = device.Unwritten(data.Q.Length), dK = device.Unwritten(data.K.Length), dV = device.Unwritten(data.V.Length);
        device.Run(AttentionGradientKernels.Queries(attention.Kernel, WeightGradient.None, ScoreGradient.Dropped), [.. operands, dQ, .. data.DropoutArguments(device)]);
        Numbers.Close(expected.QueryGradient, dQ.Floats(), 3e-5, 2e-5);
        device.Run(AttentionGradientKernels.KeysAndValues(attention.Kernel, WeightGradient.None), [.. operands, dK, dV, .. data.DropoutArguments(device)]);
        Numbers.Close(expected.ValueGradient, dV.Floats(), 3e-5, 2e-5);
        Numbers.Close(expected.KeyGradient, dK.Floats(), 3e-5, 2e-5);
    }

    [Theory]
    [InlineData("head of 7")]
    [InlineData("window")]
    [InlineData("more keys, narrower values")]
    [InlineData("queries beyond all windows")]
    [InlineData("terms")]
    [InlineData("dropout with terms")]
    [InlineData("large tiles, window")]
    public void Scores_and_distances_have_gradients(string name)
    {
        AttentionCase attention = AttentionCases.All[name];
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention, data);
        expected.Differentiate(data.WeightGradient);
        using var device = new Device();
        object[] operands = [.. Operands(device, data, expected, device.Of([.. expected.Means.Select(value => (float)value)])), device.Of(data.WeightGradient)];
        DeviceBuffer dQ = device.Unwritten(data.Q.Length), dK = device.Unwritten(data.K.Length), dV = device.Unwritten(data.V.Length), dScores = device.Unwritten(attention.Pairs);
        device.Run(AttentionGradientKernels.Queries(attention.Kernel, WeightGradient.Added, ScoreGradient.Kept), [.. operands, dQ, dScores, .. data.DropoutArguments(device)]);
        device.Run(AttentionGradientKernels.KeysAndValues(attention.Kernel, WeightGradient.Added), [.. operands, dK, dV, .. data.DropoutArguments(device)]);
        Numbers.Close(expected.ScoreGradient, dScores.Floats(), 2e-5, 2e-5);
        Numbers.Close(expected.QueryGradient, dQ.Floats(), 3e-5, 2e-5);
        Numbers.Close(expected.ValueGradient, dV.Floats(), 3e-5, 2e-5);
        Numbers.Close(expected.KeyGradient, dK.Floats(), 3e-5, 2e-5);

        float[] addend = Numbers.Random(11, attention.Heads * ((2 * attention.Reach) - 1));
        DeviceBuffer dDistances = device.Of(addend), alone = device.Unwritten(addend.Length);
        device.Run(DistancesGradientKernel.Of(attention.Shape, attention.Reach, Addend.Added), dScores, dDistances, dDistances);
        device.Run(DistancesGradientKernel.Of(attention.Shape, attention.Reach, Addend.None), dScores, alone);
        double[] sums = DistanceSums(attention, expected.ScoreGradient);
        Numbers.Close(sums, alone.Floats(), 5e-5, 2e-5);
        Numbers.Close([.. sums.Zip(addend, (sum, more) => sum + more)], dDistances.Floats(), 5e-5, 2e-5);
    }

    [Fact]
    public void The_reference_is_the_slope_of_the_forward_pass()
    {
        AttentionCase attention = new(2, 4, 5, 2, 1, 3, 2)
        {
            Causal = true,
            Rate = 0.3f,
            Terms = AttentionTermKinds.Distances | AttentionTermKinds.Scores | AttentionTermKinds.Factors,
        };
        AttentionInputs data = attention.Data();
        AttentionReference reference = new(attention, data);
        reference.Differentiate(weightGradient: null);
        Check(data.Q, reference.QueryGradient);
        Check(data.K, reference.KeyGradient);
        Check(data.V, reference.ValueGradient);
        Check(data.Scores, reference.ScoreGradient);
        Check(data.Distances, DistanceSums(attention, reference.ScoreGradient));

        void Check(float[] parameter, double[] gradient)
        {
            for (int i = 0; i < parameter.Length; i++)
            {
                float value = parameter[i], above = value + 1e-2f, below = value - 1e-2f;
                double slope = (Loss(above) - Loss(below)) / ((double)above - below);
                parameter[i] = value;
                Assert.Equal(gradient[i], slope, 1e-3);

                double Loss(float changed)
                {
                    parameter[i] = changed;
                    return new AttentionReference(attention, data).O.Zip(data.OutputGradient, (o, weight) => o * weight).Sum();
                }
            }
        }
    }

    private static object[] Operands(Device device, AttentionInputs data, AttentionReference expected, DeviceBuffer means) =>
    [
        device.Of(data.OutputGradient), device.Of(data.Q), device.Of(data.K), device.Of(data.V),
        device.Of([.. expected.LogNormalizers.Select(value => (float)value)]), means, .. data.TermBuffers(device),
    ];

    private static double[] DistanceSums(AttentionCase attention, double[] scoreGradient)
    {
        int distances = (2 * attention.Reach) - 1;
        var sums = new double[attention.Heads * distances];
        for (int pair = 0; pair < attention.Pairs; pair++)
        {
            int key = pair % attention.Keys, query = pair / attention.Keys % attention.Queries, head = pair / attention.Keys / attention.Queries % attention.Heads;
            sums[(head * distances) + attention.Reach - 1 + key - query] += scoreGradient[pair];
        }

        return sums;
    }
}
