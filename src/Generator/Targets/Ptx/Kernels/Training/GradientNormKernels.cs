namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The norm of all gradients and what multiplies them: sums of squares of 8,192 floats each, then their sum, in an order that is a function of
/// the count alone.
/// </summary>
internal static class GradientNormKernels
{
    private const int Threads = 256;
    private const int FloatsPerBlock = 8192;

    /// <summary>PyTorch's clip_grad_norm_ divides by norm + 1e-6.</summary>
    private const float NormFloor = 1e-6f;

    /// <summary>Floats of the sums between the kernels.</summary>
    public static int WorkspaceFloats(int count) => (count + FloatsPerBlock - 1) / FloatsPerBlock;

    /// <summary>sums[i] = the sum of squares of the i-th stretch of the gradient.</summary>
    public static PtxKernel Squares(int count)
    {
        int width = count % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"GradientSquares_{count}", $"sums[{WorkspaceFloats(count)}] = sums of squares of gradient[{count}]", new LaunchSize(WorkspaceFloats(count)), new LaunchSize(Threads));
        GlobalAddress gradient = k.Buffer("gradient"), sums = k.Buffer("sums");
        U32 start = k.Multiply(k.BlockX, FloatsPerBlock);
        F32 sum = k.Variable(0f);
        k.For(k.MultiplyAdd(k.Thread, width, start), k.Min(k.Add(start, FloatsPerBlock), count), Threads * width, index =>
        {
            foreach (F32 value in k.Load(k.Element(gradient, index), width)) k.MultiplyAddTo(sum, value, value);
        });
        F32 total = BlockSum.Of(k, "parts", sum)[0];
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(k.Element(sums, k.BlockX), total));
        return k.Build();
    }

    /// <summary>norm[0] = the mean gradient's norm; scale[0] = 1 / (micro-batches · loss scale), times the clip's coefficient.</summary>
    public static PtxKernel Scale(int count)
    {
        int parts = WorkspaceFloats(count);
        var k = new PtxBuilder($"GradientScale_{count}", $"norm, scale = of sums[{parts}]", new LaunchSize(1), new LaunchSize(Threads));
        GlobalAddress sums = k.Buffer("sums"), norms = k.Buffer("norm"), scales = k.Buffer("scale");
        var control = new ControlBlock(k);
        F32 sum = k.Variable(0f);
        k.For(k.Thread, parts, Threads, index => k.AddTo(sum, k.Load(k.Element(sums, index))));
        F32 total = BlockSum.Of(k, "parts", sum)[0];
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
