using System.Runtime.InteropServices;

namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Kernels that clang has compiled (kernels.cu → kernels.ptx) against the same written plainly here: neither author of the text knew the interpreter.</summary>
public sealed class ClangKernelTests : IDisposable
{
    private readonly PtxModule _module = PtxModule.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Clang", "kernels.ptx")));
    private readonly PtxMachine _machine = new(new PtxMachineOptions { Seed = 3 });
    private readonly Random _random = new(5);

    public void Dispose() => _machine.Dispose();

    private ulong Device<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ulong address = _machine.Memory.Allocate(MemoryMarshal.AsBytes(values).Length);
        _machine.Memory.Write(address, MemoryMarshal.AsBytes(values));
        return address;
    }

    private T[] Host<T>(ulong address, int count)
        where T : unmanaged
    {
        var values = new T[count];
        _machine.Memory.Read(address, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((_random.NextDouble() * 2) - 1))];

    /// <summary>Lays out parameters as the kernel declares them.</summary>
    private void Launch(string kernel, Dim3 grid, Dim3 block, params object[] arguments)
    {
        byte[] parameters = new byte[_module.Entry(kernel).ParameterBytes];
        foreach (var (parameter, argument) in _module.Entry(kernel).Parameters.Zip(arguments))
        {
            var target = parameters.AsSpan(parameter.Offset, parameter.Bytes);
            switch (argument)
            {
                case ulong value: MemoryMarshal.Write(target, value); break;
                case int value: MemoryMarshal.Write(target, value); break;
                case uint value: MemoryMarshal.Write(target, value); break;
                case float value: MemoryMarshal.Write(target, value); break;
                default: throw new ArgumentException(argument.GetType().Name);
            }
        }

        _machine.Launch(_module, kernel, grid, block, 0, parameters);
    }

    [Fact]
    public void EveryKernelIsUnderstood() => _machine.Check(_module);

    [Theory]
    [InlineData(1, 32)]
    [InlineData(3, 128)]
    [InlineData(257, 128)]
    [InlineData(768, 256)]
    public void RmsNorm(int width, int threads)
    {
        const int Rows = 3;
        float[] x = Numbers(Rows * width), weight = Numbers(width);
        ulong y = _machine.Memory.Allocate(Rows * width * 4);
        Launch("rms_norm", new Dim3(Rows), new Dim3(threads), Device<float>(x), Device<float>(weight), y, width, 1e-5f);
        float[] values = Host<float>(y, Rows * width);
        for (int row = 0; row < Rows; row++)
        {
            double mean = Enumerable.Range(0, width).Average(i => (double)x[(row * width) + i] * x[(row * width) + i]);
            for (int i = 0; i < width; i++) Assert.Equal(x[(row * width) + i] / Math.Sqrt(mean + 1e-5) * weight[i], values[(row * width) + i], 1e-5);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 16, 16)]
    [InlineData(33, 7, 19)]
    public void Product(int rows, int inner, int columns)
    {
        float[] a = Numbers(rows * inner), b = Numbers(inner * columns);
        ulong c = _machine.Memory.Allocate(rows * columns * 4);
        Launch("product", new Dim3((columns + 15) / 16, (rows + 15) / 16, 1), new Dim3(256), Device<float>(a), Device<float>(b), c, rows, inner, columns);
        float[] values = Host<float>(c, rows * columns);
        for (int index = 0; index < values.Length; index++)
            Assert.Equal(Enumerable.Range(0, inner).Sum(k => (double)a[(index / columns * inner) + k] * b[(k * columns) + (index % columns)]), values[index], 1e-5);
    }

    [Fact]
    public void Philox()
    {
        const int Count = 100;
        ulong result = _machine.Memory.Allocate(Count * 16);
        Launch("philox", new Dim3(2), new Dim3(64), result, 0xDEADBEEFu, 42u, Count);
        uint[] values = Host<uint>(result, Count * 4);
        for (int index = 0; index < Count; index++) Assert.Equal(Draw((uint)index, 0xDEADBEEF, 42), values.AsSpan(index * 4, 4).ToArray());
    }

    private static uint[] Draw(uint index, uint key0, uint key1)
    {
        uint c0 = index, c1 = 1, c2 = 2, c3 = 3;
        for (int round = 0; round < 10; round++, key0 += 0x9E3779B9, key1 += 0xBB67AE85)
        {
            ulong first = 0xD2511F53ul * c0, second = 0xCD9E8D57ul * c2;
            (c0, c1, c2, c3) = ((uint)(second >> 32) ^ c1 ^ key0, (uint)second, (uint)(first >> 32) ^ c3 ^ key1, (uint)first);
        }

        return [c0, c1, c2, c3];
    }

    [Fact]
    public void Histogram()
    {
        byte[] bytes = new byte[1000];
        _random.NextBytes(bytes);
        foreach (ref byte value in bytes.AsSpan()) value &= 0x1F;
        ulong counts = Device<int>(new int[256]);
        Launch("histogram", new Dim3(4), new Dim3(64), Device<byte>(bytes), counts, bytes.Length);
        Assert.Equal(Enumerable.Range(0, 256).Select(value => bytes.Count(other => other == value)), Host<int>(counts, 256));
    }

    [Fact]
    public void Escape()
    {
        const int Width = 48, Limit = 60;
        ulong result = _machine.Memory.Allocate(Width * Width * 2);
        Launch("escape", new Dim3(Width), new Dim3(Width), result, Width, Limit);
        short[] values = Host<short>(result, Width * Width);
        Assert.Equal(Enumerable.Range(0, Width * Width).Select(index => Steps(index % Width, index / Width, Width, Limit)), values);
        Assert.True(values.Distinct().Count() > 10);
    }

    private static short Steps(int x, int y, int width, int limit)
    {
        double re = -2.0 + (3.0 * x / width), im = -1.2 + (2.4 * y / width), a = 0, b = 0;
        for (int step = 0; step < limit; step++)
        {
            double a2 = a * a, b2 = b * b;
            if (a2 + b2 > 4) return (short)step;
            if (step == 40 && a < 0) return -40;
            b = Math.FusedMultiplyAdd(2 * a, b, im);
            a = a2 - b2 + re;
        }

        return (short)limit;
    }

    [Fact]
    public void Quantize()
    {
        float[] x = [.. Numbers(1001), 5f, -5f, 0.5f / 100, 1.5f / 100];
        ulong q = _machine.Memory.Allocate(x.Length);
        Launch("quantize", new Dim3(2), new Dim3(128), Device<float>(x), q, 100f, x.Length);
        Assert.Equal(x.Select(value => (sbyte)Math.Clamp(Math.Round(value * 100f, MidpointRounding.ToEven), -127, 127)), Host<sbyte>(q, 1024 > x.Length ? x.Length : 1024));
    }

    [Fact]
    public void Tensor()
    {
        float[] a = Numbers(256), b = Numbers(128);
        ulong c = _machine.Memory.Allocate(128 * 4);
        Launch("tensor", new Dim3(1), new Dim3(32), Device<float>(a), Device<float>(b), c);
        float[] values = Host<float>(c, 128);
        for (int index = 0; index < values.Length; index++)
            Assert.Equal(Enumerable.Range(0, 16).Sum(k => (double)a[(index / 8 * 16) + k] * b[(k * 8) + (index % 8)]), values[index], 0.03);
    }

    [Theory]
    [InlineData("rms_norm", "	bar.sync 	0;\n")]
    [InlineData("product", "	bar.sync 	0;\n")]
    [InlineData("tensor", "	bar.sync 	0;\n")]
    [InlineData("histogram", "	bar.sync 	0;\n")]
    public void EveryBarrierIsNeeded(string kernel, string barrier)
    {
        string text = _module.Text;
        int start = text.IndexOf($".entry {kernel}(", StringComparison.Ordinal), end = text.IndexOf("\n}", start, StringComparison.Ordinal);
        int found = 0;
        for (int at = text.IndexOf(barrier, start, StringComparison.Ordinal); at >= 0 && at < end; at = text.IndexOf(barrier, at + 1, StringComparison.Ordinal), found++)
        {
            var broken = PtxModule.Parse(text.Remove(at, barrier.Length));
            Assert.Throws<PtxException>(() => LaunchBroken(broken, kernel));
        }

        Assert.True(found > 0);
    }

    [Fact]
    public void AnOffByOneInABoundIsFound()
    {
        // i < count becomes i <= count.
        string text = _module.Text;
        int start = text.IndexOf(".entry quantize(", StringComparison.Ordinal), end = text.IndexOf("\n}", start, StringComparison.Ordinal);
        int at = text.LastIndexOf("setp.lt.s32", end, StringComparison.Ordinal);
        Assert.True(at > start);
        using var machine = new PtxMachine();
        var module = PtxModule.Parse(text.Remove(at, 11).Insert(at, "setp.le.s32"));
        ulong x = machine.Memory.Allocate(10 * 4), q = machine.Memory.Allocate(10);
        machine.Memory.Write(x, new byte[40]);
        byte[] parameters = new byte[24];
        MemoryMarshal.Write(parameters, x);
        MemoryMarshal.Write(parameters.AsSpan(8), q);
        MemoryMarshal.Write(parameters.AsSpan(16), 1f);
        MemoryMarshal.Write(parameters.AsSpan(20), 10);
        machine.Launch(_module, "quantize", new Dim3(1), new Dim3(32), 0, parameters);
        var fault = Assert.Throws<PtxException>(() => machine.Launch(module, "quantize", new Dim3(1), new Dim3(32), 0, parameters));
        Assert.Contains("not inside of one region", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongFragmentGivesAnotherProduct()
    {
        // The first two registers of the left factor change places.
        var instruction = _module.Entry("tensor").Instructions.Single(candidate => candidate.Opcode == "mma");
        var left = ((PtxVectorOperand)instruction.Operands[1]).Elements.Select(element => ((PtxRegisterOperand)element).Register.Name).ToArray();
        string right = $"{left[0]}, {left[1]}, {left[2]}, {left[3]}", wrong = $"{left[1]}, {left[0]}, {left[2]}, {left[3]}";
        Assert.Contains(right, instruction.Text, StringComparison.Ordinal);
        var broken = PtxModule.Parse(_module.Text.Replace(instruction.Text, instruction.Text.Replace(right, wrong, StringComparison.Ordinal), StringComparison.Ordinal));
        float[] a = Numbers(256), b = Numbers(128);
        ulong c = _machine.Memory.Allocate(128 * 4);
        _machine.Launch(broken, "tensor", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(Device<float>(a), Device<float>(b), c));
        float[] values = Host<float>(c, 128);
        double worst = Enumerable.Range(0, 128).Max(index => Math.Abs(values[index] - Enumerable.Range(0, 16).Sum(k => (double)a[(index / 8 * 16) + k] * b[(k * 8) + (index % 8)])));
        Assert.True(worst > 0.1);
    }

    [Fact]
    public void AMissingWaitIsFound()
    {
        var broken = PtxModule.Parse(_module.Text.Replace("cp.async.wait_group 0;", "", StringComparison.Ordinal));
        var fault = Assert.Throws<PtxException>(() => LaunchBroken(broken, "tensor"));
        Assert.Contains("has not waited for", fault.Message, StringComparison.Ordinal);
    }

    private static void LaunchBroken(PtxModule module, string kernel)
    {
        using var machine = new PtxMachine();
        ulong[] arrays = [.. Enumerable.Range(0, 3).Select(_ => machine.Memory.Allocate(4096))];
        foreach (ulong array in arrays) machine.Memory.Write(array, new byte[4096]);
        byte[] parameters = new byte[module.Entry(kernel).ParameterBytes];
        foreach (var parameter in module.Entry(kernel).Parameters)
        {
            if (parameter.Bytes == 8) MemoryMarshal.Write(parameters.AsSpan(parameter.Offset), arrays[parameter.Offset / 8]);
            else MemoryMarshal.Write(parameters.AsSpan(parameter.Offset), parameter.Type == PtxType.F32 ? TestKernel.Bits(1) : 32u);
        }

        int threads = kernel switch { "tensor" => 32, "rms_norm" => 64, _ => 256 };
        machine.Launch(module, kernel, new Dim3(1), new Dim3(threads), 0, parameters);
    }
}
