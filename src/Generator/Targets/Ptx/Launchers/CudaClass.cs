using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>A generated class whose programs run on a GPU.</summary>
/// <param name="Name">The class.</param>
/// <param name="Base">The class of the library for CUDA that it derives from.</param>
/// <param name="Launcher">The class of that library that its launcher derives from.</param>
/// <param name="Summary">Of the class.</param>
/// <param name="Phases">What the launcher launches.</param>
/// <param name="ActivationFloats">Scratch of its programs.</param>
internal sealed record CudaClass(string Name, string Base, string Launcher, string Summary, IReadOnlyList<CudaPhase> Phases, long ActivationFloats)
{
    /// <summary>Keys and values of a row.</summary>
    public long StateFloats { get; init; }

    /// <summary>Words of workspace for drawing tokens.</summary>
    public long SampleWords { get; init; }

    /// <summary>What the launcher launches beside the programs.</summary>
    public IReadOnlyList<CudaStep> Steps { get; init; } = [];

    /// <summary>Kernels that the library launches by their names.</summary>
    public IReadOnlyList<PtxKernel> FurtherKernels { get; init; } = [];

    /// <summary>Writes the constructor.</summary>
    public required Action<CodeWriter> WriteConstructor { get; init; }

    /// <summary>Writes the sizes for the host.</summary>
    public required Action<CodeWriter> WriteShape { get; init; }
}

/// <summary>One launch that belongs to no program.</summary>
/// <param name="Method">The launcher's method.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Arguments">Properties of the launcher's base.</param>
internal sealed record CudaStep(string Method, PtxKernel Kernel, IReadOnlyList<string> Arguments);

/// <summary>A phase of a program that the launcher has a method for.</summary>
/// <param name="Program">The program.</param>
/// <param name="Phase">The phase's name in it.</param>
/// <param name="Method">The launcher's method.</param>
/// <param name="SectionPrefix">Begins the names of the methods of its sections.</param>
internal sealed record CudaPhase(ProgramGraph Program, string Phase, string Method, string SectionPrefix);
