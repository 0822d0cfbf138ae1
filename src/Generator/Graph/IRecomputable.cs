namespace Transformer.Compiled.Generator.Graph;

/// <summary>An operation with one result that a backward pass reads, which may be computed a second time rather than kept until then.</summary>
internal interface IRecomputable
{
    /// <summary>The same operation, bit by bit, on operands of the same values, slot by slot.</summary>
    /// <param name="inputs">The operands, null where this operation has none.</param>
    /// <param name="name">Of the result.</param>
    Operation Again(IReadOnlyList<Tensor?> inputs, string name);
}
