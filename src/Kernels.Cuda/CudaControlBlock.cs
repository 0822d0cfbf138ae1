using System.Runtime.InteropServices;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// What varies from one run of a program to the next, in device memory where its kernels read it: extents, positions, draws, the optimizer's
/// coefficients, how to sample. It is changed here, on the host, and goes over with one small copy.
/// </summary>
/// <remarks>The fields' places are <c>ControlField</c>'s. All are zero at first, but for those that say otherwise.</remarks>
public sealed partial class CudaControlBlock : IDisposable
{
    /// <summary>How many blocks may be on their way at once.</summary>
    private const int Slots = 4;

    private const int Alignment = 16;
    private const int Kinds = 4;

    /// <summary>Instead of a token: the one that was drawn last.</summary>
    private const uint DrawnToken = uint.MaxValue;

    private readonly byte[] _fields;
    private readonly CudaPointer _device;
    private readonly PinnedRing _pinned;

    /// <summary>Makes a block for device memory that a plan has set aside.</summary>
    /// <param name="device">Where it lies, <see cref="BytesOf"/> bytes at a multiple of 16.</param>
    /// <param name="rows">How many rows have a record of their own; 0 where a program has none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not that much room, or the number of rows is negative.</exception>
    /// <exception cref="ArgumentException">The place is not at a multiple of 16 bytes.</exception>
    /// <exception cref="CudaException">There is no pinned memory left.</exception>
    public CudaControlBlock(CudaPointer device, int rows)
    {
        if (device.Address(BytesOf(rows)) % Alignment != 0) throw new ArgumentException($"Byte {device.Offset} is no multiple of {Alignment}.", nameof(device));

        RowCount = rows;
        _device = device;
        _fields = new byte[BytesOf(rows)];
        _pinned = new PinnedRing(device.Memory.Context, _fields.Length, Slots);
        SetNeutral();
    }

    /// <summary>Where the kernels find it: their last argument.</summary>
    public CudaPointer Device => _device;

    /// <summary>How many rows have a record.</summary>
    public int RowCount { get; }

    /// <summary>The block's bytes where there are so many rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static int BytesOf(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        return ControlLayout.Bytes(rows);
    }

    /// <summary>
    /// Asks the stream to write the block as it is now; the caller may change it at once. Waits only where several blocks are still on their
    /// way. Allocates nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">This thread records a stream: the block would be frozen in it.</exception>
    /// <exception cref="ObjectDisposedException">The block, its memory or the stream was disposed of.</exception>
    public void Send(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _pinned.Send(stream, _fields, _device);
    }

    /// <summary>Gives the pinned memory back.</summary>
    public void Dispose() => _pinned.Dispose();

    private Span<byte> At(int offset) => _fields.AsSpan(offset);

    private Span<byte> At(ControlField field) => At(ControlLayout.Offset(field));

    private uint Word(ControlField field) => MemoryMarshal.Read<uint>(At(field));

    private void SetWord(ControlField field, uint value) => MemoryMarshal.Write(At(field), value);

    private void SetWord(int row, ControlRowField field, uint value) => MemoryMarshal.Write(At(ControlLayout.Offset(row, field)), value);

    private float Number(ControlField field) => MemoryMarshal.Read<float>(At(field));

    private void SetNumber(ControlField field, float value) => MemoryMarshal.Write(At(field), value);

    private ulong Words(ControlField low) => MemoryMarshal.Read<ulong>(At(low));

    private void SetWords(ControlField low, ulong value) => MemoryMarshal.Write(At(low), value);

    private static int Extent(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value;
    }

    private void SetNeutral()
    {
        for (int kind = 0; kind < Kinds; kind++) SetDecay((ParameterKind)kind, factor: 1, penalty: 0);
        MicroBatchShare = 1;
        ClipValue = float.PositiveInfinity;
        SetLossScale(1);
        SetSampler(Sampler.Greedy);
    }
}
