using Transformer.Compiled.Generator.Targets.Ptx;
using Factors = Transformer.Compiled.Generator.Declarations.Precision;
using Oldest = Transformer.Compiled.Generator.Declarations.GpuArchitecture;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>A kernel of the generator's in a module of its own, with the buffers that its parameters name.</summary>
internal sealed class LoadedKernel : IDisposable
{
    private readonly CudaStream _stream;
    private readonly CudaModule _module;
    private readonly CudaKernel _kernel;
    private readonly CudaArgument[] _arguments;

    /// <param name="stream">Where it is launched.</param>
    /// <param name="kernel">All its parameters are addresses.</param>
    /// <param name="buffers">What they are the addresses of: a parameter's own name, or behind "rounded " that of a factor which has been rounded.</param>
    /// <param name="others">Parameters whose buffers have other names.</param>
    public LoadedKernel(CudaStream stream, PtxKernel kernel, DeviceBuffers buffers, params (string Parameter, string Buffer)[] others)
    {
        _stream = stream;
        Oldest oldest = Hardware.RoundsFactors(stream.Context.Device) ? Oldest.Ampere : Oldest.Volta;
        _arguments = [.. kernel.Parameters.Select(parameter => (CudaArgument)buffers[NameOf(parameter, others)])];
        _module = new CudaModule(stream.Context, PtxModuleText.Of([kernel], oldest));
        _kernel = new CudaKernel(_module, kernel.Name, _arguments.Length, new CudaLaunchShape(SizeOf(kernel.Grid), SizeOf(kernel.Block)));
    }

    public void Launch() => _stream.Launch(_kernel, _arguments);

    public void Dispose() => _module.Dispose();

    private static string NameOf(PtxParameter parameter, (string Parameter, string Buffer)[] others)
    {
        foreach ((string name, string buffer) in others)
        {
            if (name == parameter.Name) return buffer;
        }

        return parameter.Factors == Factors.BFloat16 ? "rounded " + parameter.Name : parameter.Name;
    }

    private static CudaDimensions SizeOf(LaunchSize size) => new(size.X, size.Y, size.Z);
}
