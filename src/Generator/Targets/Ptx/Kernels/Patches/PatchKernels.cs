namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>y[batch · down · across, channels · p · p] from pixels[batch, channels, height, width], p pixels a patch; what is left over is not read.</summary>
internal readonly record struct PatchShape(int Batch, int Channels, int Height, int Width, int PatchSize)
{
    public int Down => Height / PatchSize;

    public int Across => Width / PatchSize;

    public override string ToString() => $"{Batch}x{Channels}x{Height}x{Width}_{PatchSize}";
}

/// <summary>Sequences with a token before each: x[sequences · length, columns].</summary>
internal readonly record struct PrependShape(int Sequences, int Length, int Columns)
{
    /// <summary>Columns of a thread.</summary>
    public int Width => Columns % 4 == 0 ? 4 : 1;

    public override string ToString() => $"{Sequences}x{Length}x{Columns}";
}

/// <summary>What makes a sequence of an image: its patches, and the token before them.</summary>
internal static class PatchKernels
{
    public static PtxKernel Patches(PatchShape shape)
    {
        int size = shape.PatchSize, width = size % 4 == 0 && shape.Width % 4 == 0 ? 4 : 1;
        int rows = checked(shape.Batch * shape.Down * shape.Across), columns = checked(shape.Channels * size * size);
        ElementGrid grid = new(
            $"Patches_{shape}", $"y[{rows},{columns}] = patches of pixels[{shape.Batch},{shape.Channels},{shape.Height},{shape.Width}]", Extent.Of(rows), columns, width);
        PtxBuilder k = grid.Builder;
        GlobalAddress pixels = k.Buffer("pixels"), y = k.Buffer("y");
        (U32 row, U32 column) = grid.Begin();
        (U32 image, U32 patch) = Split(k, row, shape.Down * shape.Across);
        (U32 down, U32 across) = Split(k, patch, shape.Across);
        (U32 channel, U32 element) = Split(k, column, size * size);
        (U32 pixelDown, U32 pixelAcross) = Split(k, element, size);
        U32 line = k.MultiplyAdd(k.MultiplyAdd(image, shape.Channels, channel), shape.Height, k.MultiplyAdd(down, size, pixelDown));
        U32 pixel = k.MultiplyAdd(line, shape.Width, k.MultiplyAdd(across, size, pixelAcross));
        k.Store(k.Element(y, k.MultiplyAdd(row, columns, column)), k.Load(k.Element(pixels, pixel), width));
        return k.Build();
    }

    /// <summary>y[sequences · (length + 1), columns]: the token before each sequence.</summary>
    public static PtxKernel PrependToken(PrependShape shape)
    {
        ElementGrid grid = new(
            $"PrependToken_{shape}", $"y = token[{shape.Columns}] before each sequence of x[{shape}]", Extent.Of(shape.Sequences * (shape.Length + 1)), shape.Columns, shape.Width);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), token = k.Buffer("token"), y = k.Buffer("y");
        (U32 row, U32 column) = grid.Begin();
        (U32 sequence, U32 place) = Split(k, row, shape.Length + 1);
        GlobalAddress destination = k.Element(y, k.MultiplyAdd(row, shape.Columns, column));
        k.If(
            k.AreEqual(place, 0),
            () => k.Store(destination, k.Load(k.Element(token, column), shape.Width)),
            () =>
            {
                U32 source = k.Subtract(k.Subtract(row, sequence), 1);
                k.Store(destination, k.Load(k.Element(x, k.MultiplyAdd(source, shape.Columns, column)), shape.Width));
            });
        return k.Build();
    }

    /// <summary>dx[sequences · length, columns]: dy without the first row of each sequence (+ addend).</summary>
    public static PtxKernel PrependTokenInputGradient(PrependShape shape, Addend addend)
    {
        ElementGrid grid = new(
            $"PrependTokenInputGradient_{shape}{addend.Suffix()}", $"dx[{shape}] = rows of dy after the first of each sequence{addend.Term()}",
            Extent.Of(shape.Sequences * shape.Length), shape.Columns, shape.Width);
        PtxBuilder k = grid.Builder;
        GlobalAddress dy = k.Buffer("dy");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dx = k.Buffer("dx");
        (U32 row, U32 column) = grid.Begin();
        U32 source = k.Add(k.Add(row, k.Divide(row, shape.Length)), 1), index = k.MultiplyAdd(row, shape.Columns, column);
        F32[] values = k.Load(k.Element(dy, k.MultiplyAdd(source, shape.Columns, column)), shape.Width);
        if (added is { } tensor) values = [.. values.Zip(k.Load(k.Element(tensor, index), shape.Width), (value, more) => k.Add(value, more))];
        k.Store(k.Element(dx, index), values);
        return k.Build();
    }

    /// <summary>dToken[columns] = Σ of the first rows of the sequences of dy, in order (+ addend).</summary>
    public static PtxKernel PrependTokenParameterGradient(PrependShape shape, Addend addend)
    {
        ElementGrid grid = new(
            $"PrependTokenParameterGradient_{shape}{addend.Suffix()}", $"dToken[{shape.Columns}] = sum of the first rows of {shape.Sequences} sequences of dy{addend.Term()}",
            Extent.Of(1), shape.Columns, width: 1);
        PtxBuilder k = grid.Builder;
        GlobalAddress dy = k.Buffer("dy");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dToken = k.Buffer("dToken");
        var sofar = AddedTensor.Of(k, addend, added, dToken);
        (_, U32 column) = grid.Begin();
        F32 sum = k.Variable(0f);
        k.For(0, shape.Sequences, 1, sequence =>
            k.AddTo(sum, k.Load(k.Element(dy, k.MultiplyAdd(sequence, (shape.Length + 1) * shape.Columns, column)))));
        k.Store(k.Element(dToken, column), sofar is null ? sum : k.Add(sum, sofar.Load(k, column, 1)[0]));
        return k.Build();
    }

    /// <summary>index / size and index % size.</summary>
    private static (U32 Quotient, U32 Remainder) Split(PtxBuilder k, U32 index, int size)
    {
        U32 quotient = k.Divide(index, size);
        return (quotient, k.Subtract(index, k.Multiply(quotient, size)));
    }
}
