namespace Transformer.Compiled.Ptx;

/// <summary>The register file of a warp: registers first, then constants and special registers, which are registers that the machine fills.</summary>
internal sealed class KernelLayout
{
    /// <summary>Shared memory that a kernel may declare; what goes beyond is sized by the launch.</summary>
    private const int MaximumStaticBytes = 48 * 1024;

    private readonly int[] _offsets;
    private readonly Dictionary<(ulong Bits, int Bytes), int> _constants = [];
    private readonly Dictionary<string, int> _specials = [];
    private readonly Dictionary<PtxVariable, int> _shared = [];
    private readonly Func<PtxVariable, ulong> _globalAddress;

    public KernelLayout(PtxEntry entry, Func<PtxVariable, ulong> globalAddress)
    {
        _globalAddress = globalAddress;
        _offsets = new int[entry.Registers.Count];
        foreach (var register in entry.Registers) _offsets[register.Index] = Reserve(register.Type == PtxType.Pred ? 4 : LaneBytes(register.Type) * Warp.Lanes);
        foreach (var variable in entry.Module.Variables.Concat(entry.Variables))
        {
            if (variable.Space == PtxSpace.Local) throw new PtxException(variable.Line, $"'{variable.Name}' is in local memory, which is not supported.");
            if (variable.Space != PtxSpace.Shared || variable.IsExternal) continue;
            SharedBytes = Align(SharedBytes, variable.Alignment);
            _shared[variable] = SharedBytes;
            SharedBytes += variable.Bytes;
        }

        if (SharedBytes > MaximumStaticBytes)
            throw new PtxException(entry.Line, $"kernel '{entry.Name}' declares {SharedBytes} bytes of shared memory; more than {MaximumStaticBytes} have to be dynamic (.extern .shared).");
        foreach (var variable in entry.Module.Variables.Where(variable => variable.IsExternal))
            DynamicOffset = Math.Max(DynamicOffset, Align(SharedBytes, variable.Alignment));
        DynamicOffset = Math.Max(DynamicOffset, SharedBytes);
        foreach (var variable in entry.Module.Variables.Where(variable => variable.IsExternal)) _shared[variable] = DynamicOffset;
    }

    /// <summary>The bytes of the register file.</summary>
    public int FileBytes { get; private set; }

    /// <summary>The shared memory that the kernel declares, in bytes.</summary>
    public int SharedBytes { get; }

    /// <summary>Where in shared memory the part begins that the launch sizes.</summary>
    public int DynamicOffset { get; }

    public IReadOnlyDictionary<(ulong Bits, int Bytes), int> Constants => _constants;

    public IReadOnlyDictionary<string, int> Specials => _specials;

    /// <summary>The bytes of a lane of a register.</summary>
    public static int LaneBytes(PtxType type) => type.Bits() == 64 ? 8 : 4;

    public int Offset(PtxRegister register) => _offsets[register.Index];

    public int Constant(ulong bits, int laneBytes)
    {
        if (laneBytes == 4) bits &= uint.MaxValue;
        if (!_constants.TryGetValue((bits, laneBytes), out int offset)) _constants[(bits, laneBytes)] = offset = Reserve(laneBytes * Warp.Lanes);
        return offset;
    }

    public int Special(string name)
    {
        if (!_specials.TryGetValue(name, out int offset)) _specials[name] = offset = Reserve(4 * Warp.Lanes);
        return offset;
    }

    /// <summary>The address of a variable in its own space.</summary>
    public ulong Address(PtxVariable variable) => variable.Space == PtxSpace.Shared ? (ulong)_shared[variable] : _globalAddress(variable);

    public static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    private int Reserve(int bytes)
    {
        int offset = FileBytes;
        FileBytes += Align(bytes, 64);
        return offset;
    }
}
