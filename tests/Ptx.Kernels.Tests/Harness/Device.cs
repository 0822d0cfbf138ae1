using System.Runtime.InteropServices;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>A buffer of exactly as many elements as the test says, so that the machine sees every access past its end.</summary>
internal sealed class DeviceBuffer(PtxMachine machine, ulong address, int elements)
{
    public ulong Address { get; } = address;

    public float[] Floats() => Read<float>();

    public int[] Words() => Read<int>();

    private T[] Read<T>()
        where T : unmanaged
    {
        var values = new T[elements];
        machine.Memory.Read(Address, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}

/// <summary>The interpreter with the checks on, for the kernels of one test.</summary>
internal sealed class Device : IDisposable
{
    /// <summary>What the driver has to compile for each kernel stays small.</summary>
    private const int MostText = 40 * 1024;

    /// <summary>Static shared memory of a block on every device.</summary>
    private const int MostSharedBytes = 48 * 1024;
    private readonly PtxMachine _machine;

    public Device(int seed = 1) => _machine = new PtxMachine(new PtxMachineOptions { Seed = seed, DetectRaces = true });

    public LaunchTrace LastLaunch => _machine.LastLaunch;

    public DeviceBuffer Of(float[] values) => Allocate(MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    public DeviceBuffer Of(int[] values) => Allocate(MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    /// <summary>A buffer of NaNs.</summary>
    public DeviceBuffer Unwritten(int elements)
    {
        var values = new float[elements];
        Array.Fill(values, float.NaN);
        return Of(values);
    }

    /// <summary>A control block; the fields that are not named are poison.</summary>
    public DeviceBuffer Control(params (ControlField Field, object Value)[] fields)
    {
        var words = new int[ControlBlock.Bytes / 4];
        Array.Fill(words, -1);
        foreach ((ControlField field, object value) in fields)
        {
            words[(int)field] = value switch
            {
                float number => BitConverter.SingleToInt32Bits(number),
                int number => number,
                uint number => (int)number,
                _ => throw new ArgumentException($"{field} is {value.GetType().Name}; expected float, int or uint.", nameof(fields)),
            };
        }

        return Of(words);
    }

    /// <summary>Runs a kernel on buffers and words in the order of its parameters.</summary>
    public void Run(PtxKernel kernel, params object[] arguments)
    {
        Assert.True(kernel.Text.Length <= MostText, $"{kernel.Name} has {kernel.Text.Length} characters of text.");
        Assert.InRange(kernel.SharedBytes, 0, MostSharedBytes);
        Assert.InRange(kernel.LiveRegisters, 1, 255);
        Assert.Equal(kernel.Parameters.Count, arguments.Length);
        var module = PtxModule.Parse(PtxModuleText.Of([kernel]));
        PtxValidator.Validate(module);
        _machine.Launch(module, kernel.Name, Size(kernel.Grid), Size(kernel.Block), 0, Block(kernel, arguments));
    }

    /// <summary>Runs an optimizer's kernel over a range of one kind of parameters.</summary>
    public void Update(PtxKernel kernel, int count, ParameterKind kind, object[] buffers, DeviceBuffer control) => Run(
        kernel with { Grid = new LaunchSize(UpdateLaunches.Blocks(count)) }, [.. buffers, (uint)count / UpdateLaunches.Group, (uint)kind, control]);

    public void Dispose() => _machine.Dispose();

    private static Dim3 Size(LaunchSize size) => new(size.X, size.Y, size.Z);

    private static byte[] Block(PtxKernel kernel, object[] arguments)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (kernel.Parameters[i].Kind == PtxParameterKind.Word)
            {
                bytes.AddRange(BitConverter.GetBytes((uint)arguments[i]));
                continue;
            }

            while (bytes.Count % 8 != 0) bytes.Add(0);
            bytes.AddRange(BitConverter.GetBytes(((DeviceBuffer)arguments[i]).Address));
        }

        return [.. bytes];
    }

    private DeviceBuffer Allocate(ReadOnlySpan<byte> bytes, int elements)
    {
        ulong address = _machine.Memory.Allocate(bytes.Length, alignment: 256);
        _machine.Memory.Write(address, bytes);
        return new DeviceBuffer(_machine, address, elements);
    }
}
