namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The norm of all gradients and what multiplies them: sums of squares of 8,192 floats each, then their sum, in an order that is a function of
/// the count alone.
/// </summary>
internal static class GradientNormKernels
{
    /// <summary>PyTorch's clip_grad_norm_ divides by norm + 1e-6.</summary>
    private const float NormFloor = 1e-6f;

    /// <summary>sums[i] = the sum of squares of the i-th stretch of the gradient.</summary>
    public static PtxKernel Squares { get; } = BuildSquares();

    /// <summary>norm[0] = the mean gradient's norm; scale[0] = 1 / (micro-batches · loss scale), times the clip's coefficient.</summary>
    public static PtxKernel Scale { get; } = BuildScale();

    private static PtxKernel BuildSquares()
    {
        const int groupsPerSum = UpdateLaunches.FloatsPerSum / UpdateLaunches.Group;
        var k = new PtxBuilder(
            UpdateLaunches.GradientSquares, "sums[i] = the sum of squares of the i-th 8192 of gradient[4 * fours]", LaunchSize.ByArguments, new LaunchSize(UpdateLaunches.Threads));
        GlobalAddress gradient = k.Buffer("gradient"), sums = k.Buffer("sums");
        U32 fours = k.WordParameter("fours");
        U32 start = k.Multiply(k.BlockX, groupsPerSum);
        F32 sum = k.Variable(0f);
        k.For(k.Add(k.Thread, start), k.Min(k.Add(start, groupsPerSum), fours), UpdateLaunches.Threads, index =>
        {
            foreach (F32 value in k.Load(k.Element(gradient, k.Multiply(index, UpdateLaunches.Group)), UpdateLaunches.Group)) k.MultiplyAddTo(sum, value, value);
        });
        F32 total = BlockSum.Of(k, "parts", sum)[0];
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(k.Element(sums, k.BlockX), total));
        return k.Build();
    }

    private static PtxKernel BuildScale()
    {
        var k = new PtxBuilder(UpdateLaunches.GradientScale, "norm, scale = of sums[parts]", new LaunchSize(1), new LaunchSize(UpdateLaunches.Threads));
        GlobalAddress sums = k.Buffer("sums"), norms = k.Buffer("norm"), scales = k.Buffer("scale");
        U32 parts = k.WordParameter("parts");
        var control = new ControlBlock(k);
        F32 sum = k.Variable(0f);
        k.For(k.Thread, parts, UpdateLaunches.Threads, index => k.AddTo(sum, k.Load(k.Element(sums, index))));
        F32 total = BlockSum.Of(k, "totals", sum)[0];
        k.If(k.AreEqual(k.Thread, 0), () =>
        {
            F32 share = k.Multiply(control.Float(ControlField.MicroBatchShare), control.Float(ControlField.InverseLossScale)), limit = control.Float(ControlField.ClipNorm);
            F32 norm = k.Multiply(k.SquareRoot(total), share);
            F32 quotient = k.Divide(limit, k.Add(norm, NormFloor));
            F32 coefficient = k.Select(k.Greater(quotient, 1f), 1f, quotient);
            k.Store(norms, norm);
            k.Store(scales, k.Multiply(share, k.Select(k.Greater(limit, 0f), coefficient, 1f)));
        });
        return k.Build();
    }
}
