namespace Transformer.Compiled.Cuda.Tests.EndToEnd;

/// <summary>Kernels that are launched, on whatever device the project has.</summary>
public sealed class KernelTests : IDisposable
{
    private readonly DeviceUnderTest _device = DeviceUnderTest.Open();

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    [InlineData(1000, 1000)]
    [InlineData(1000, 777)]
    public void VectorsAreAddedAsFarAsTheControlBlockSays(int count, int rows)
    {
        using var stream = new CudaStream(_device.Context);
        using var module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        using var memory = new CudaMemory(_device.Context, 16 * 1024);
        using var control = new CudaControlBlock(memory.Pointer, rows: 0);
        var add = new CudaKernel(module, "add", addresses: 4, HandWrittenKernels.For(count));
        CudaPointer a = memory.Pointer + 1024, b = a + 4 * count, sum = b + 4 * count;
        float[] x = Numbers(count, seed: 1), y = Numbers(count, seed: 2), found = new float[count];
        stream.Upload<float>(x, a);
        stream.Upload<float>(y, b);
        stream.Fill(sum, 0x40400000, count);
        control.Rows = rows;
        control.Send(stream);
        stream.Launch(add, a, b, sum, control.Device);
        stream.Download<float>(sum, found);
        for (int i = 0; i < count; i++) Assert.Equal(i < rows ? x[i] + y[i] : 3f, found[i]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void SumsOfBlocksAreTreesInSharedMemory(int blocks)
    {
        int count = blocks * HandWrittenKernels.Threads;
        using var stream = new CudaStream(_device.Context);
        using var module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        using var memory = new CudaMemory(_device.Context, 16 * 1024);
        var sums = new CudaKernel(module, "sums", addresses: 2, HandWrittenKernels.For(count));
        float[] x = Numbers(count, seed: 3), found = new float[blocks];
        stream.Upload<float>(x, memory.Pointer);
        stream.Launch(sums, memory.Pointer, memory.Pointer + 4 * count);
        stream.Download<float>(memory.Pointer + 4 * count, found);
        for (int block = 0; block < blocks; block++)
        {
            float[] tree = x[(block * HandWrittenKernels.Threads)..((block + 1) * HandWrittenKernels.Threads)];
            for (int half = tree.Length / 2; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++) tree[i] += tree[i + half];
            }

            Assert.Equal(tree[0], found[block]);
        }
    }

    [Fact]
    public void BlocksGetMoreSharedMemoryThanTheyHaveWithoutAsking()
    {
        const int Bytes = 4 * HandWrittenKernels.ReversedFloats;
        using var stream = new CudaStream(_device.Context);
        using var module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        using var memory = new CudaMemory(_device.Context, 2 * Bytes);
        var shape = new CudaLaunchShape(new CudaDimensions(1), new CudaDimensions(HandWrittenKernels.Threads), DynamicSharedBytes: Bytes);
        var reverse = new CudaKernel(module, "reverse", addresses: 2, shape);
        float[] x = Numbers(HandWrittenKernels.ReversedFloats, seed: 4), found = new float[x.Length];
        stream.Upload<float>(x, memory.Pointer);
        stream.Launch(reverse, memory.Pointer, memory.Pointer + Bytes);
        stream.Download<float>(memory.Pointer + Bytes, found);
        Array.Reverse(x);
        Assert.Equal(x, found);
    }

    [Fact]
    public void WordsArePassedByValue()
    {
        using var stream = new CudaStream(_device.Context);
        using var module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        using var memory = new CudaMemory(_device.Context, 2048);
        var set = new CudaKernel(module, "set", [CudaParameter.Word, CudaParameter.Address], HandWrittenKernels.For(1));
        uint[] found = new uint[512];
        stream.Launch(set, 0xFEDCBA98u, memory.Pointer);
        stream.Launch(set, 1u, memory.Pointer + 1024);
        stream.Download<uint>(memory.Pointer, found);
        for (int i = 0; i < found.Length; i++) Assert.Equal(i < 256 ? 0xFEDCBA98u : 1u, found[i]);
    }

    [Fact]
    public void WhatIsKnownOfAKernelIsWhatItDeclares()
    {
        using var module = new CudaModule(_device.Context, HandWrittenKernels.Text);
        var sums = new CudaKernel(module, "sums", addresses: 2, HandWrittenKernels.For(1));
        Assert.Equal(1024, sums.SharedBytes);
        Assert.Equal(0, sums.LocalBytes);
        Assert.Equal(HandWrittenKernels.Threads, sums.ThreadsPerBlock);
        Assert.True(sums.Registers > 0);
        Assert.Throws<CudaException>(() => new CudaKernel(module, "absent", addresses: 0, HandWrittenKernels.For(1)));
    }

    [Fact]
    public void AModuleThatDoesNotCompileComesBackWithTheLog()
    {
        string broken = HandWrittenKernels.Text.Replace("add.rn.f32 %f2, %f0, %f1;", "add.rn.f32 %f2, %f0, %f7;", StringComparison.Ordinal);
        var thrown = Assert.Throws<CudaModuleException>(() => new CudaModule(_device.Context, broken));
        Assert.Equal(218, thrown.Code);
        Assert.Contains("%f7", thrown.Log, StringComparison.Ordinal);
    }

    internal static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = random.NextSingle() - 0.5f;
        return numbers;
    }
}
