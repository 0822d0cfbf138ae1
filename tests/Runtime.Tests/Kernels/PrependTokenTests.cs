using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class PrependTokenTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(7, 196)]
    public void Tokens_go_before_sequences_and_gradients_come_back(int sequences, int length)
    {
        Check<D1>(sequences, length);
        Check<D7>(sequences, length);
        Check<D131>(sequences, length);
    }

    private static void Check<TD>(int sequences, int length)
        where TD : struct, IDimension
    {
        using KernelTest test = new();
        int d = TD.Value;
        var x = test.Source(sequences * length * d, out double[] xs);
        var token = test.Source(d, out double[] tokens);
        List<double> ys = [], dxs = [];
        var dy = test.Source(sequences * (length + 1) * d, out double[] dys);
        double[] dTokens = new double[d];
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            int start = sequence * (length + 1) * d;
            ys.AddRange([.. tokens, .. xs[(sequence * length * d)..((sequence + 1) * length * d)]]);
            dxs.AddRange(dys[(start + d)..(start + ((length + 1) * d))]);
            for (int column = 0; column < d; column++) dTokens[column] += dys[start + column];
        }

        double[] dx = [.. dxs];
        test.Check([.. ys], (team, y) => PrependToken.Forward<TD, Chosen>(team, x, token, sequences, length, y));
        test.Check(dx, (team, result) => PrependToken.InputGradient<TD, Chosen>(team, dy, default, sequences, length, result));
        test.Check(Reference.Add(dx, xs), (team, result) => PrependToken.InputGradient<TD, Chosen>(team, dy, x, sequences, length, result));
        test.Check(dTokens, (team, result) => PrependToken.ParameterGradient<TD, Chosen>(team, dy, default, sequences, length, result));
        test.Check(Reference.Add(dTokens, tokens), (team, result) => PrependToken.ParameterGradient<TD, Chosen>(team, dy, token, sequences, length, result));
        float[] before = Array.ConvertAll(tokens, v => (float)v), incoming = Array.ConvertAll(xs, v => (float)v);
        test.Check(Reference.Add(dTokens, tokens), (team, result) =>
        {
            before.CopyTo(result.Span);
            PrependToken.ParameterGradient<TD>(team, dy, result, sequences, length, result);
        });
        test.Check(Reference.Add(dx, xs), (team, result) =>
        {
            incoming.CopyTo(result.Span);
            PrependToken.InputGradient<TD>(team, dy, result, sequences, length, result);
        });
    }
}
