namespace Transformer.Compiled.Generator.Graph;

internal enum CachePart { Keys, Values }

/// <summary>Whose keys and values a cache holds.</summary>
internal enum CacheOwner { Tokens, Source }

/// <summary>One layer's keys, or values: heads of as many elements, for as many positions.</summary>
internal sealed record CacheSlot(CachePart Part, CacheOwner Owner, int Heads, int HeadDim, int Positions);

/// <summary>Memory that lives from run to run, one copy for each row that a session decodes.</summary>
/// <param name="Name">Stable and dotted, such as <c>layers.0.attention.keys</c>.</param>
/// <param name="Floats">Its size for one row.</param>
internal sealed record StateSlot(string Name, long Floats)
{
    /// <summary>What the memory holds, where it is a cache of keys or values; null for anything else.</summary>
    public CacheSlot? Cache { get; init; }

    /// <summary>What a run finds.</summary>
    public Tensor Initial(Shape shape) => new(Name, shape, TensorRole.State) { State = this };

    /// <summary>What an operation leaves: the planner places it in the same memory.</summary>
    public static Tensor Next(Tensor previous) =>
        new(previous.Name, previous.Shape, TensorRole.State) { State = previous.State, Version = previous.Version + 1 };
}
