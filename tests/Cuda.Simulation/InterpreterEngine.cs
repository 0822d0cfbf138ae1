using Transformer.Compiled.Ptx;

namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>A device that executes kernels on the interpreter of PTX. It knows nothing but the text that the driver is given.</summary>
internal sealed class InterpreterEngine(PtxMachineOptions options) : IDeviceEngine
{
    /// <summary>Where kernels run; its trace tells of the last launch.</summary>
    public PtxMachine Machine { get; } = new(options);

    public ulong Allocate(long bytes) => Machine.Memory.Allocate(bytes, 256);

    public void Free(ulong address) => Machine.Memory.Free(address);

    public Span<byte> Memory(ulong address, long bytes) => Machine.Memory.Span(address, checked((int)bytes));

    public object LoadModule(string text)
    {
        PtxModule module = PtxModule.Parse(text);
        PtxValidator.Validate(module);
        return module;
    }

    public KernelFacts? Find(object module, string name)
    {
        PtxEntry? entry = ((PtxModule)module).Entries.FirstOrDefault(candidate => candidate.Name == name);
        if (entry is null) return null;
        int threads = entry.Directives.TryGetValue("maxntid", out IReadOnlyList<int>? most) ? most[0] * most[1] * most[2] : 1024;
        return new KernelFacts([.. entry.Parameters.Select(parameter => parameter.Bytes)], SharedBytes(entry), threads);
    }

    public void Launch(object module, in KernelLaunch launch, ReadOnlySpan<byte> parameters) => Machine.Launch(
        (PtxModule)module, launch.Kernel, Dimensions(launch.Grid), Dimensions(launch.Block), launch.SharedBytes, parameters);

    public void Dispose() => Machine.Dispose();

    private static int SharedBytes(PtxEntry entry)
    {
        int end = 0;
        foreach (PtxVariable variable in entry.Module.Variables.Concat(entry.Variables))
        {
            if (variable.Space != PtxSpace.Shared || variable.IsExternal) continue;
            end = (end + variable.Alignment - 1) / variable.Alignment * variable.Alignment + variable.Bytes;
        }

        return end;
    }

    private static Dim3 Dimensions(CudaDimensions dimensions) => new(dimensions.X, dimensions.Y, dimensions.Z);
}
