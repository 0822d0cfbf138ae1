using System.Runtime.InteropServices;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Cuda.Simulation;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaControlBlockTests : IDisposable
{
    private const int Rows = 3;

    private readonly SimulatedDevice _simulated = new();
    private readonly CudaStream _stream;
    private readonly CudaMemory _memory;
    private readonly CudaControlBlock _control;

    public CudaControlBlockTests()
    {
        _stream = new CudaStream(_simulated.Context);
        _memory = new CudaMemory(_simulated.Context, 1024);
        _control = new CudaControlBlock(_memory.Pointer + 256, Rows);
    }

    public void Dispose()
    {
        _control.Dispose();
        _memory.Dispose();
        _stream.Dispose();
        _simulated.Dispose();
    }

    [Fact]
    public void FieldsLieWhereKernelsLookForThem()
    {
        _control.Rows = 5;
        _control.Position = 17;
        _control.CacheRow = 2;
        _control.SelectedRow = 4;
        _control.Seed = 0x1122334455667788;
        _control.Step = 9;
        _control.SetMicroBatch(microBatch: 6, rank: 3);
        _control.Dropout = true;
        _control.Accumulate = true;
        _control.SetAdam(0.5, new AdamCoefficients(0, 0, 0.9f, 0.1f, 0.99f, 0.01f, StepSize: 0.25f, RootCorrection2: 0.5f, Epsilon: 1e-8f));
        _control.SetDecay(ParameterKind.Norm, factor: 0.75f, penalty: 0.125f);
        _control.SetLossScale(1024);
        _control.SetRow(2, position: 7, token: 8, length: 9);
        byte[] bytes = Sent();
        Assert.Equal(256 + Rows * 32, bytes.Length);
        Assert.Equal([5u, 17u, 2u, 4u, 0x55667788u, 0x11223344u, 9u, 0x30006u, 1u, 1u], MemoryMarshal.Cast<byte, uint>(bytes)[..10].ToArray());
        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(bytes);
        Assert.Equal([0.5f, 0.25f, 2f, 0.9f, 0.1f, 0.99f, 0.01f, 1e-8f], numbers[12..20].ToArray());
        Assert.Equal([1f, 1f, 0.75f, 1f, 0f, 0f, 0.125f, 0f], numbers[20..28].ToArray());
        Assert.Equal([1f, 0f, float.PositiveInfinity, 1024f, 1f / 1024], numbers[28..33].ToArray());
        Assert.Equal([0f, 0f, 1f, 0f, 1f], numbers[36..41].ToArray());
        Assert.Equal([7, 8, 9, 0, 0, 0, 0, 0], MemoryMarshal.Cast<byte, int>(bytes.AsSpan(256 + 2 * 32)).ToArray());
    }

    [Fact]
    public void ASamplerGoesOverWithItsNextNumbers()
    {
        var sampler = new Sampler
        {
            Temperature = 0.5f,
            TopK = 40,
            TopP = 0.75f,
            MinP = 0.125f,
            RepetitionPenalty = 1.5f,
            RepetitionWindow = 6,
            NoRepeatNGram = 3,
            Seed = 11,
        };
        _control.SetRow(1, position: 7, token: 8, length: 9);
        _control.SetSampler(sampler);
        byte[] bytes = Sent();
        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(bytes);
        Assert.Equal([0.5f, 0.75f, 0.125f, 1.5f], [numbers[36], numbers[38], numbers[39], numbers[40]]);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        Assert.Equal([40u, 6u, 3u], [words[37], words[41], words[42]]);
        Assert.Equal([7u, 8u, 9u], words[72..75].ToArray());
        Assert.Equal([sampler.UpcomingDraw(0), sampler.UpcomingDraw(1), sampler.UpcomingDraw(2)], Draws(bytes));

        sampler.Accept(5);
        ulong next = sampler.UpcomingDraw(0);
        Assert.Equal(next, Draws(bytes)[1]);
        _control.SetSampler(sampler, ahead: 2);
        Assert.Equal(sampler.UpcomingDraw(2), Draws(Sent())[0]);
        Assert.Equal(next, sampler.UpcomingDraw());
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetSampler(sampler, ahead: -1));
    }

    [Fact]
    public void TheGreatestIsTakenWithoutADraw()
    {
        _control.SetSampler(new Sampler { Seed = 3 });
        _control.SetSampler(new Sampler { Temperature = -0f });
        byte[] bytes = Sent();
        Assert.Equal(0u, MemoryMarshal.Cast<byte, uint>(bytes)[36]);
        Assert.Equal([0ul, 0ul, 0ul], Draws(bytes));
    }

    [Fact]
    public void ARowIsFedWhatWasDrawnLast()
    {
        _control.SetRowAfterDraw(1, position: 4, length: 5);
        Assert.Equal([4u, uint.MaxValue, 5u], MemoryMarshal.Cast<byte, uint>(Sent())[72..75].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetRowAfterDraw(Rows, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetRowAfterDraw(0, -1, 0));
    }

    [Fact]
    public void OtherOptimizersHaveFieldsOfTheirOwn()
    {
        _control.SetRmsProp(new RmsPropCoefficients(Rate: 0.5f, Penalty: 9, Alpha: 0.75f, OneMinusAlpha: 0.25f, Epsilon: 1e-8f, Momentum: 0.125f));
        byte[] bytes = Sent();
        Assert.Equal([0.125f, 0f, 0f, 0.75f, 0.25f], MemoryMarshal.Cast<byte, float>(bytes)[45..50].ToArray());
        Assert.Equal((0.5f, 1e-8f), (MemoryMarshal.Cast<byte, float>(bytes)[12], MemoryMarshal.Cast<byte, float>(bytes)[19]));
        _control.SetSgd(new SgdCoefficients(Rate: 0.25f, Penalty: 9, Momentum: 0.5f, GradientShare: 0.875f, LookAhead: 0.0625f));
        bytes = Sent();
        Assert.Equal([0.5f, 0.875f, 0.0625f], MemoryMarshal.Cast<byte, float>(bytes)[45..48].ToArray());
        Assert.Equal(0.25f, MemoryMarshal.Cast<byte, float>(bytes)[12]);
    }

    [Fact]
    public void PropertiesGiveBackWhatTheyWereSetTo()
    {
        _control.Seed = ulong.MaxValue - 1;
        _control.CacheRow = 40;
        _control.ClipNorm = 0.9f;
        _control.MicroBatchShare = 0.25f;
        Assert.Equal((ulong.MaxValue - 1, 40, 0.9f, 0.25f, 1f), (_control.Seed, _control.CacheRow, _control.ClipNorm, _control.MicroBatchShare, _control.LossScale));
    }

    [Fact]
    public void FieldsDoNotOverlap()
    {
        int[] words = [.. Enum.GetValues<ControlField>().Select(field => (int)field)];
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.All(words, word => Assert.InRange(word, 0, ControlLayout.RowRecords / 4 - 1));
        Assert.DoesNotContain(words, word => word is > (int)ControlField.DecayFactor and < (int)ControlField.DecayFactor + 4);
        Assert.DoesNotContain(words, word => word is > (int)ControlField.Penalty and < (int)ControlField.Penalty + 4);
    }

    [Fact]
    public void ABlockThatIsOnItsWayIsNotChanged()
    {
        using var seen = new CudaMemory(_simulated.Context, 400);
        for (int step = 0; step < 100; step++)
        {
            _control.Step = (uint)step;
            _control.Send(_stream);
            _stream.CopyOnDevice(_control.Device + 4 * (int)ControlField.Step, seen.Pointer + 4 * step, 4);
        }

        int[] found = new int[100];
        _stream.Download<int>(seen.Pointer, found);
        Assert.Equal(Enumerable.Range(0, 100), found);
    }

    [Fact]
    public void SendingAllocatesNothing() => Assert.Equal(0, AllocatedBytes.Of(20, () =>
    {
        _control.Position++;
        _control.Send(_stream);
    }));

    [Fact]
    public void ABlockIsNotFrozenInAGraph() =>
        Assert.Throws<InvalidOperationException>(() => new CudaGraph(_stream, stream => _control.Send(stream)));

    [Fact]
    public void ValuesThatCannotBeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.Rows = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetRow(Rows, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetRow(0, 0, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetMicroBatch(65536, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _control.SetLossScale(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaControlBlock(_memory.Pointer + (1024 - 255), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaControlBlock(_memory.Pointer, -1));
        Assert.Throws<ArgumentException>(() => new CudaControlBlock(_memory.Pointer + 8, 0));
    }

    [Fact]
    public void AProgramWritesTheBlockAndReplaysTheRest()
    {
        using var module = new CudaModule(_simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp);
        var program = new CudaProgram(_stream, _control, stream => stream.Launch(kernel, _control.Device));
        long allocated = AllocatedBytes.Of(10, () =>
        {
            _control.Step++;
            program.Run();
        });
        Assert.Equal(0, allocated);
        byte[] bytes = new byte[4];
        _stream.Download<byte>(_control.Device + 4 * (int)ControlField.Step, bytes);
        Assert.Equal(13, bytes[0]);
        Assert.Equal(13, _simulated.Engine.Launches.Count);
        program.Dispose();
        Assert.Throws<ObjectDisposedException>(program.Run);
    }

    private static ulong[] Draws(byte[] bytes) =>
        [.. Enumerable.Range(0, Rows).Select(row => MemoryMarshal.Read<ulong>(bytes.AsSpan(ControlLayout.Offset(row, ControlRowField.DrawLow))))];

    private byte[] Sent()
    {
        byte[] bytes = new byte[CudaControlBlock.BytesOf(Rows)];
        _control.Send(_stream);
        _stream.Download<byte>(_control.Device, bytes);
        return bytes;
    }
}
