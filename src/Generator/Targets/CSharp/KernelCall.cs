using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>An argument of a run-time kernel. Constant ones are folded into the shape-named method; the rest are its parameters.</summary>
internal abstract record Argument(string Name)
{
    /// <summary>The address of a tensor, or of one of its elements; of none where the optional operand is absent.</summary>
    internal sealed record Address(string Name, Tensor? Tensor, long Offset) : Argument(Name);

    /// <summary>The addresses of any number of tensors, as a span.</summary>
    internal sealed record Addresses(string Name, IReadOnlyList<Tensor> Tensors) : Argument(Name);

    /// <summary>A tensor's leading extent times <paramref name="Multiple"/>: a constant, or the run-time extent of a bounded shape.</summary>
    internal sealed record Extent(string Name, Shape Shape, int Multiple = 1) : Argument(Name);

    /// <summary>A tensor's leading extent divided by the number of <paramref name="Sequences"/> that its rows are of.</summary>
    internal sealed record Share(string Name, Shape Shape, int Sequences) : Argument(Name);

    /// <summary>The number of elements of a tensor: a constant, or the run-time extent of a bounded shape times its columns.</summary>
    internal sealed record Elements(string Name, Shape Shape) : Argument(Name);

    /// <summary>A literal, part of what the shape-named method is specialised by.</summary>
    internal sealed record Constant(string Name, string Text) : Argument(Name);

    /// <summary>A value that the program's base class holds at run time, such as the random stream.</summary>
    internal sealed record Ambient(string Name, string Type, string Text) : Argument(Name);
}

/// <summary>How an operation is spelled in C#: a run-time kernel with type-level sizes, and the name of its shape.</summary>
internal sealed class KernelCall(string kernel, string name, string formula)
{
    private readonly List<Argument> _arguments = [];
    private readonly List<string> _typeArguments = [];

    /// <summary>The run-time method, such as <c>Linear.Forward</c>.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>The shape-named method, such as <c>Linear_64x768x3072_Bias</c>.</summary>
    public string Name { get; } = name;

    /// <summary>What it computes, with names and shapes, for the comment above the call; a line for each of several results.</summary>
    public string Formula { get; } = formula;

    /// <summary>Whether the kernel's result is the value of the phase (the loss).</summary>
    public bool ReturnsValue { get; init; }

    public IReadOnlyList<Argument> Arguments => _arguments;

    /// <summary>Whether the kernel is too small to be split over a team's threads, and takes none.</summary>
    public bool IsSequential { get; init; }

    /// <summary>Type arguments: <c>D768</c> for a dimension, otherwise a type of the run-time's kernels.</summary>
    public IReadOnlyList<string> TypeArguments => _typeArguments;

    /// <summary>The sizes among the type arguments.</summary>
    public List<int> Dimensions { get; } = [];

    public KernelCall Dimension(int size)
    {
        Dimensions.Add(size);
        _typeArguments.Add($"D{size}");
        return this;
    }

    public KernelCall Type(string type)
    {
        _typeArguments.Add($"Kernel::{type}");
        return this;
    }

    public KernelCall Address(string name, Tensor? tensor, long offset = 0) => With(new Argument.Address(name, tensor, offset));

    public KernelCall Addresses(string name, IReadOnlyList<Tensor> tensors) => With(new Argument.Addresses(name, tensors));

    public KernelCall Extent(string name, Shape shape, int multiple = 1) => With(new Argument.Extent(name, shape, multiple));

    public KernelCall Elements(string name, Shape shape) => With(new Argument.Elements(name, shape));

    /// <summary>Rows of each of several sequences: a constant, or a share of the run-time extent of a bounded shape.</summary>
    public KernelCall Share(string name, Shape rows, int sequences) => With(new Argument.Share(name, rows, sequences));

    public KernelCall Constant(string name, string text) => With(new Argument.Constant(name, text));

    public KernelCall Constant(string name, int value) => With(new Argument.Constant(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public KernelCall Constant(string name, float value) => With(new Argument.Constant(name, FloatLiteral.Format(value)));

    public KernelCall Ambient(string name, string type, string text) => With(new Argument.Ambient(name, type, text));

    /// <summary>The random stream of the run.</summary>
    public KernelCall RandomStream() => Ambient("stream", "in Kernel::RandomStream", "Stream");

    /// <summary>The stable name under which an operation draws random numbers, as a hash that does not depend on the plan.</summary>
    public KernelCall Site(string name) => Ambient("site", "uint", StableHash.Literal(name));

    /// <summary>The distance between the caches of rows that decode side by side.</summary>
    public KernelCall SlotStride() => Ambient("slotStride", "nint", "SlotStride");

    private KernelCall With(Argument argument)
    {
        _arguments.Add(argument);
        return this;
    }
}
