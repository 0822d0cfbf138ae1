namespace Transformer.Compiled.Generator.Graph;

/// <summary>An operation that can take an optional operand which its kernel adds to the result on the way out.</summary>
internal interface IFusesAddend
{
    /// <summary>The same operation with the addend, into another tensor.</summary>
    Operation WithAddend(Tensor addend, Tensor destination);
}
