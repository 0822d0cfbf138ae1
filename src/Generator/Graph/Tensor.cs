namespace Transformer.Compiled.Generator.Graph;

internal enum ElementType { Float32, Int32 }

/// <summary>Whose memory a tensor is in.</summary>
internal enum TensorRole
{
    /// <summary>Weights, from a checkpoint.</summary>
    Parameter,

    /// <summary>The gradient of a parameter; each value in the graph is one version of the same memory.</summary>
    ParameterGradient,

    /// <summary>Constants computed once at start, such as the sines of rotary positions.</summary>
    Table,

    /// <summary>What a caller provides for each run.</summary>
    Input,

    /// <summary>What lives from run to run, such as a KV cache; each value in the graph is one version of the same memory.</summary>
    State,

    /// <summary>Intermediate values, placed by the memory plan.</summary>
    Activation,

    /// <summary>What a run leaves for the caller.</summary>
    Output,
}

/// <summary>A value of the graph: made once, by one operation or by the world outside, and never written again.</summary>
internal sealed class Tensor
{
    public Tensor(string name, Shape shape, TensorRole role, ElementType type = ElementType.Float32)
    {
        Name = name;
        Shape = shape;
        Role = role;
        Type = type;
    }

    /// <summary>Stable and dotted, such as <c>layers.0.attention.query</c>.</summary>
    public string Name { get; }

    public Shape Shape { get; }

    public TensorRole Role { get; }

    public ElementType Type { get; }

    /// <summary>The parameter that this is, or whose gradient this is.</summary>
    public Parameter? Parameter { get; init; }

    /// <summary>Whether an operation may leave it out where nothing reads it (statistics that only a backward pass wants).</summary>
    public bool IsOptional { get; init; }

    /// <summary>The version of a state or parameter gradient: 0 is what the run found.</summary>
    public int Version { get; init; }

    /// <summary>The memory of a state that this is a version of.</summary>
    public StateSlot? State { get; init; }

    /// <summary>The operation that makes it; null for what comes from outside.</summary>
    public Operation? Producer { get; set; }

    public List<Operation> Consumers { get; } = [];

    public bool IsUsed => Consumers.Count > 0 || Role is TensorRole.Output or TensorRole.State or TensorRole.ParameterGradient;

    public override string ToString() => Name + Shape;
}
