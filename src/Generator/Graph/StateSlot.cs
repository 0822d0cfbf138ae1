namespace Transformer.Compiled.Generator.Graph;

/// <summary>Memory that lives from run to run, one copy for each row that a session decodes.</summary>
/// <param name="Name">Stable and dotted, such as <c>layers.0.attention.keys</c>.</param>
/// <param name="Floats">Its size for one row.</param>
internal sealed record StateSlot(string Name, long Floats)
{
    /// <summary>What a run finds.</summary>
    public Tensor Initial(Shape shape) => new(Name, shape, TensorRole.State) { State = this };

    /// <summary>What an operation leaves: the planner places it in the same memory.</summary>
    public static Tensor Next(Tensor previous) =>
        new(previous.Name, previous.Shape, TensorRole.State) { State = previous.State, Version = previous.Version + 1 };
}
