using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Whether a program keeps the weights of its attention for the caller, and as which outputs.</summary>
internal sealed class Sight
{
    /// <summary>Beginnings of the outputs' names, which the number of the layer follows.</summary>
    public const string OwnWeights = "attention_weights.", CrossWeights = "cross_attention_weights.", SourceWeights = "source_attention_weights.";

    private readonly string? _own;

    private Sight(string? own) => _own = own;

    /// <summary>Programs that keep nothing.</summary>
    public static Sight None { get; } = new(null);

    /// <summary>Programs that keep what tokens look at.</summary>
    public static Sight Tokens { get; } = new(OwnWeights);

    /// <summary>Programs that keep what the tokens of a source look at.</summary>
    public static Sight Source { get; } = new(SourceWeights);

    /// <summary>The name of the program that sees this much.</summary>
    public string NameOf(string program) => _own is null ? program : Programs.Seeing(program);

    /// <summary>Keeps the weights with which tokens look at their own sequence.</summary>
    public void Keep(ProgramGraph program, int layer, Shape shape, Func<Tensor, Operation> weights) => Keep(program, _own, layer, shape, weights);

    /// <summary>Keeps the weights with which tokens look at the source.</summary>
    public void KeepCross(ProgramGraph program, int layer, Shape shape, Func<Tensor, Operation> weights) =>
        Keep(program, _own is null ? null : CrossWeights, layer, shape, weights);

    private static void Keep(ProgramGraph program, string? output, int layer, Shape shape, Func<Tensor, Operation> weights)
    {
        if (output is not null) program.Add(weights(new Tensor($"{output}{layer}", shape, TensorRole.Output)));
    }
}
