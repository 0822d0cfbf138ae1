using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>What a launch gives a kernel for one of its parameters.</summary>
internal abstract record PtxArgument
{
    /// <summary>The address of a tensor, or of one of its elements.</summary>
    internal sealed record Address(Tensor Tensor, long Element) : PtxArgument;

    /// <summary>The address of the copy of a product's factor that has been rounded (<see cref="PtxLowering.Rounding"/>).</summary>
    internal sealed record Rounded(Tensor Factor) : PtxArgument;

    /// <summary>The address of memory that lasts from one launch of an operation to the next, in floats from where the operation's begins.</summary>
    internal sealed record Workspace(long Offset) : PtxArgument;

    /// <summary>Four bytes.</summary>
    internal sealed record Word(uint Value) : PtxArgument;

    /// <summary>The control block of the program.</summary>
    internal sealed record Control : PtxArgument;
}

/// <summary>One kernel of an operation, and what it is given.</summary>
internal sealed class PtxLaunch
{
    private const string ControlParameter = "control";
    private readonly Dictionary<string, PtxArgument> _arguments = new(StringComparer.Ordinal);

    public PtxLaunch(PtxKernel kernel)
    {
        Kernel = kernel;
        if (kernel.Parameters.Any(parameter => parameter.Name == ControlParameter)) _arguments.Add(ControlParameter, new PtxArgument.Control());
    }

    public PtxKernel Kernel { get; }

    /// <summary>Floats of workspace up to the end of what this launch uses.</summary>
    public long WorkspaceFloats { get; private set; }

    /// <summary>In the order of the kernel's parameters.</summary>
    /// <exception cref="InvalidOperationException">The kernel has a parameter that nothing was given for.</exception>
    public IEnumerable<PtxArgument> Arguments => Kernel.Parameters.Select(parameter =>
        _arguments.TryGetValue(parameter.Name, out PtxArgument? argument) ? argument : throw new InvalidOperationException($"{Kernel.Name}: nothing was given for {parameter.Name}."));

    /// <summary>A tensor; an optional one that is absent has no parameter.</summary>
    public PtxLaunch Address(string name, Tensor? tensor, long element = 0) => tensor is null ? this : With(name, new PtxArgument.Address(tensor, element));

    /// <summary>A factor of a product, or its rounded copy, as the kernel says.</summary>
    public PtxLaunch Factor(string name, Tensor factor) => Kernel.Parameters.Any(parameter => parameter.Name == name && parameter.Factors == Precision.BFloat16)
        ? With(name, new PtxArgument.Rounded(factor))
        : Address(name, factor);

    /// <summary>So many floats of workspace, from an offset on.</summary>
    public PtxLaunch Workspace(string name, long offset, long floats)
    {
        WorkspaceFloats = Math.Max(WorkspaceFloats, offset + floats);
        return With(name, new PtxArgument.Workspace(offset));
    }

    /// <summary>The stable name under which an operation draws random numbers.</summary>
    public PtxLaunch Site(string name) => With("site", new PtxArgument.Word(StableHash.Compute(name)));

    private PtxLaunch With(string name, PtxArgument argument)
    {
        if (Kernel.Parameters.All(parameter => parameter.Name != name)) throw new InvalidOperationException($"{Kernel.Name} has no parameter {name}.");
        _arguments.Add(name, argument);
        return this;
    }
}
