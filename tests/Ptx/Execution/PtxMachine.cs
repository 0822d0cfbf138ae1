namespace Transformer.Compiled.Ptx;

/// <summary>
/// A device that executes PTX: blocks one after the other in an order that the seed decides, the warps of a block one by one from barrier to barrier in an order
/// that the seed decides, the 32 threads of a warp in lockstep. What PTX leaves undefined is a fault: a <see cref="PtxException"/> with kernel, line, thread and address.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class PtxMachine : IDisposable
{
    private readonly Dictionary<PtxEntry, KernelProgram> _programs = [];
    private readonly Dictionary<(PtxModule, string), ulong> _variables = [];
    private int _launches;

    /// <summary>A machine.</summary>
    public PtxMachine(PtxMachineOptions? options = null)
    {
        Options = options ?? new PtxMachineOptions();
        Random = new Random(Options.Seed);
    }

    /// <summary>How it runs.</summary>
    public PtxMachineOptions Options { get; }

    /// <summary>Its memory.</summary>
    public DeviceMemory Memory { get; } = new();

    /// <summary>What the last launch did.</summary>
    public LaunchTrace LastLaunch { get; private set; } = LaunchTrace.Empty;

    internal Random Random { get; }

    /// <summary>Decodes every kernel of a module: opcodes, modifiers, numbers and types of operands.</summary>
    /// <exception cref="PtxException">An instruction is unknown, or its operands are not what it takes.</exception>
    public void Check(PtxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        foreach (var entry in module.Entries) Program(entry);
    }

    /// <summary>How many registers a kernel holds at once, as far as its text tells.</summary>
    /// <exception cref="PtxException">There is no such kernel, or it is not as PTX has it.</exception>
    public RegisterEstimate EstimateRegisters(PtxModule module, string kernel)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Liveness.Estimate(Program(module.Entry(kernel)));
    }

    /// <summary>The address of a variable of a module in global or constant memory; the machine allocates it on first use.</summary>
    /// <exception cref="PtxException">There is no such variable.</exception>
    public ulong Address(PtxModule module, string variable)
    {
        ArgumentNullException.ThrowIfNull(module);
        var found = module.Variables.FirstOrDefault(candidate => candidate.Name == variable && candidate.Space is PtxSpace.Global or PtxSpace.Const)
            ?? throw new PtxException(0, $"the module has no variable '{variable}' in global or constant memory.");
        return Address(module, found);
    }

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="module">The module that has it.</param>
    /// <param name="kernel">Its name.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block: at most 1024.</param>
    /// <param name="dynamicSharedBytes">The size of its external shared memory.</param>
    /// <param name="parameters">The block of parameters, laid out and aligned as the kernel declares them.</param>
    /// <exception cref="PtxException">The launch does not fit the kernel, or a thread does what PTX leaves undefined.</exception>
    public void Launch(PtxModule module, string kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        ArgumentNullException.ThrowIfNull(module);
        var entry = module.Entry(kernel);
        var program = Program(entry);
        var shape = new LaunchShape(grid, block, dynamicSharedBytes, ++_launches);
        CheckLaunch(program, shape, parameters.Length);
        var counters = new LaunchCounters(program, Options);
        try
        {
            foreach (var operation in program.Operations) (operation as MemoryOperation)?.BeginLaunch();
            using var running = new Block(this, program, shape, parameters.ToArray(), counters);
            int[] order = new int[grid.Count];
            for (int index = 0; index < order.Length; index++) order[index] = index;
            Random.Shuffle(order);
            foreach (int number in order)
            {
                running.Begin(number);
                new BlockRunner(running).Run();
            }
        }
        finally
        {
            LastLaunch = new LaunchTrace(kernel, grid, block, counters);
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => Memory.Dispose();

    private void CheckLaunch(KernelProgram program, LaunchShape shape, int parameterBytes)
    {
        var entry = program.Entry;
        string kernel = $"kernel '{entry.Name}'";
        var (grid, block) = (shape.Grid, shape.Block);
        if (grid.X < 1 || grid.Y < 1 || grid.Z < 1 || grid.Y > 65535 || grid.Z > 65535 || grid.Count > int.MaxValue)
            throw new PtxException(entry.Line, $"{kernel} is launched with the grid {grid}; expected extents from 1 to (2147483647, 65535, 65535).");
        if (block.X < 1 || block.Y < 1 || block.Z < 1 || block.Z > 64 || block.Count > 1024)
            throw new PtxException(entry.Line, $"{kernel} is launched with the block {block}; expected 1 to 1024 threads, at most 64 in z.");
        if (entry.Directives.TryGetValue("maxntid", out var most) && block.Count > (long)most[0] * most[1] * most[2])
            throw new PtxException(entry.Line, $"{kernel} is launched with {block.Count} threads to a block; its .maxntid allows {(long)most[0] * most[1] * most[2]}.");
        if (entry.Directives.TryGetValue("reqntid", out var exact) && block != new Dim3(exact[0], exact[1], exact[2]))
            throw new PtxException(entry.Line, $"{kernel} is launched with the block {block}; its .reqntid is ({string.Join(", ", exact)}).");
        if (parameterBytes != entry.ParameterBytes)
            throw new PtxException(entry.Line, $"{kernel} is launched with {parameterBytes} bytes of parameters; it declares {entry.ParameterBytes}.");
        int shared = program.DynamicOffset + shape.DynamicBytes;
        if (shape.DynamicBytes < 0 || shared > Options.MaximumSharedBytes)
            throw new PtxException(entry.Line, $"{kernel} is launched with {shared} bytes of shared memory, {shape.DynamicBytes} of them dynamic; a block has at most {Options.MaximumSharedBytes}.");
    }

    private KernelProgram Program(PtxEntry entry)
    {
        if (!_programs.TryGetValue(entry, out var program))
            _programs[entry] = program = new KernelProgram(entry, variable => Address(entry.Module, variable));
        return program;
    }

    private ulong Address(PtxModule module, PtxVariable variable)
    {
        if (_variables.TryGetValue((module, variable.Name), out ulong address)) return address;
        address = Memory.Allocate(variable.Bytes, Math.Max(variable.Alignment, 16));
        Memory.Write(address, variable.Initial ?? new byte[variable.Bytes]);
        return _variables[(module, variable.Name)] = address;
    }
}
