namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// y = γ · Σ s_l · x_l        s = softmax(w)                        (Peters et al. 2018, equation 1)
// dx_l = γ · s_l · dy + addend
// dw_l = γ · s_l · (d_l − Σ s_k · d_k) + addend        dγ = Σ s_l · d_l + addend        d_l = dy·x_l

/// <summary>A learned mean of several tensors of one shape. A warp makes the weights' softmax first, which the others read.</summary>
internal static class SoftmaxSumKernels
{
    private const int WarpSize = 32;
    private const int Threads = 256;
    private const int FloatsPerBlock = 8192;
    private static readonly string[] Gradients = ["dWeights", "dGamma"];

    /// <summary>shares[l] = γ · softmax(w)_l.</summary>
    public static PtxKernel Shares(int layers)
    {
        var k = new PtxBuilder($"SoftmaxSumShares_{layers}", $"shares[{layers}] = gamma * softmax(weights)", new LaunchSize(1), new LaunchSize(WarpSize));
        GlobalAddress weights = k.Buffer("weights"), gamma = k.Buffer("gamma"), shares = k.Buffer("shares");
        Func<U32, F32> softmax = Softmax(k, weights, layers);
        F32 factor = k.Load(gamma);
        k.For(k.Thread, layers, WarpSize, layer => k.Store(k.Element(shares, layer), k.Multiply(softmax(layer), factor)));
        return k.Build();
    }

    /// <summary>y = Σ shares[l] · x_l (+ addend), tensors [rows, columns]; y may be any of them.</summary>
    public static PtxKernel WeightedSum(Extent rows, int columns, int layers, Addend addend)
    {
        int width = ElementwiseKernel.Width(rows, columns);
        var k = new PtxBuilder(
            $"WeightedSum_{layers}x{rows}x{columns}{addend.Suffix()}{rows.Suffix}", $"y[{rows},{columns}] = sum of shares[{layers}] * x{addend.Term()}",
            ElementwiseKernel.Grid(rows.CheckedCount(columns) / width), new LaunchSize(ElementwiseKernel.Threads));
        GlobalAddress[] x = [.. Enumerable.Range(0, layers).Select(layer => k.Buffer(Operand(layer)))];
        GlobalAddress shares = k.Buffer("shares");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        U32 index = k.MultiplyAdd(k.BlockX, ElementwiseKernel.Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, k.Divide(rows.Count(k, columns), width)));

        U32 first = k.Multiply(index, width);
        F32[]? sums = added is { } tensor ? k.Load(k.Element(tensor, first), width) : null;
        for (int layer = 0; layer < layers; layer++)
        {
            F32 share = k.Load(shares.Plus(layer));
            F32[] values = k.Load(k.Element(x[layer], first), width);
            sums = [.. values.Select((value, lane) => sums is null ? k.Multiply(value, share) : k.MultiplyAdd(value, share, sums[lane]))];
        }

        k.Store(k.Element(y, first), sums!);
        return k.Build();
    }

    /// <summary>The name of a tensor of the sum.</summary>
    public static string Operand(int layer) => "x" + InvariantNumber.Text(layer);

    /// <summary>Partial sums of one product d.</summary>
    public static int Stretches(int count) => (count + FloatsPerBlock - 1) / FloatsPerBlock;

    /// <summary>partials[i] = the sum of dy · x over the i-th stretch.</summary>
    public static PtxKernel Product(int count)
    {
        int width = count % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"Product_{count}", $"partials[{Stretches(count)}] = sums of dy * x over stretches of [{count}]", new LaunchSize(Stretches(count)), new LaunchSize(Threads));
        GlobalAddress dy = k.Buffer("dy"), x = k.Buffer("x"), partials = k.Buffer("partials");
        U32 start = k.Multiply(k.BlockX, FloatsPerBlock);
        F32 sum = k.Variable(0f);
        k.For(k.MultiplyAdd(k.Thread, width, start), k.Min(k.Add(start, FloatsPerBlock), count), Threads * width, index =>
        {
            F32[] a = k.Load(k.Element(dy, index), width), b = k.Load(k.Element(x, index), width);
            for (int lane = 0; lane < width; lane++) k.MultiplyAddTo(sum, a[lane], b[lane]);
        });
        F32 total = BlockSum.Of(k, "parts", sum)[0];
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(k.Element(partials, k.BlockX), total));
        return k.Build();
    }

    /// <summary>dWeights[layers] and dGamma[1] from partials[layers, stretches].</summary>
    public static PtxKernel ParameterGradient(int layers, int count, AddedOutputs added)
    {
        int stretches = Stretches(count);
        var k = new PtxBuilder(
            $"SoftmaxSumParameterGradient_{layers}x{stretches}{added.Suffix(Gradients)}",
            $"dWeights[{layers}], dGamma = gamma * softmax sum'(sums of partials[{layers},{stretches}]){added.Term}", new LaunchSize(1), new LaunchSize(WarpSize));
        GlobalAddress partials = k.Buffer("partials"), weights = k.Buffer("weights"), gamma = k.Buffer("gamma");
        GlobalAddress?[] addends = added.Buffers(k, Gradients);
        GlobalAddress dWeights = k.Buffer(Gradients[0]), dGamma = k.Buffer(Gradients[1]);
        AddedTensor?[] sofar = added.Tensors(k, addends, [dWeights, dGamma]);
        Func<U32, F32> softmax = Softmax(k, weights, layers);
        SharedAddress products = k.Shared("products", layers);
        F32 share = k.Variable(0f);
        ForEachOwn(layer =>
        {
            F32 product = k.Variable(0f);
            U32 first = k.Multiply(layer, stretches);
            k.For(0, stretches, 1, stretch => k.AddTo(product, k.Load(k.Element(partials, k.Add(first, stretch)))));
            k.Store(k.Element(products, layer), product);
            k.MultiplyAddTo(share, softmax(layer), product);
        });
        F32 mean = BlockSum.OfWarp(k, share, (a, b) => k.Add(a, b)), factor = k.Load(gamma);

        // A lane reads the products that it wrote.
        ForEachOwn(layer =>
        {
            F32 slope = k.Multiply(softmax(layer), k.Subtract(k.Load(k.Element(products, layer)), mean));
            k.Store(k.Element(dWeights, layer), sofar[0] is { } before ? k.MultiplyAdd(slope, factor, before.Load(k, layer, 1)[0]) : k.Multiply(slope, factor));
        });
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(dGamma, sofar[1] is { } before ? k.Add(mean, before.Load(k, 0, 1)[0]) : mean));
        return k.Build();

        void ForEachOwn(Action<U32> body) => k.For(k.Thread, layers, WarpSize, body);
    }

    /// <summary>softmax(w)_l, once the warp has met.</summary>
    private static Func<U32, F32> Softmax(PtxBuilder k, GlobalAddress weights, int layers)
    {
        F32 greatest = k.Variable(float.NegativeInfinity), sum = k.Variable(0f);
        k.For(k.Thread, layers, WarpSize, layer => k.Assign(greatest, k.Greatest(greatest, k.Load(k.Element(weights, layer)))));
        F32 maximum = BlockSum.OfWarp(k, greatest, (a, b) => k.Greatest(a, b));
        k.For(k.Thread, layers, WarpSize, layer => k.AddTo(sum, Power(layer)));
        F32 reciprocal = k.Reciprocal(BlockSum.OfWarp(k, sum, (a, b) => k.Add(a, b)));
        return layer => k.Multiply(Power(layer), reciprocal);

        F32 Power(U32 layer) => Functions.Exp(k, k.Subtract(k.Load(k.Element(weights, layer)), maximum));
    }
}
