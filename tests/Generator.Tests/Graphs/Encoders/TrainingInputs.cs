using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Encoders;

/// <summary>Random inputs of training programs, each in its range.</summary>
internal static class TrainingInputs
{
    public static double[] Draw(Tensor input, ModelDeclaration declaration, Random random)
    {
        (TransformerSpec spec, TrainingSpec training) = (declaration.Spec, declaration.Training!);
        double[] Integers(int limit) => Values(input, _ => random.Next(limit));
        return input.Name switch
        {
            "tokens" => Integers(spec.Main.VocabularySize),
            "sources" => Integers(spec.Encoder!.VocabularySize),
            "token_types" => Integers(spec.Embedding.TokenTypes),
            "positions" => Values(input, i => i % training.SequenceLength),
            "source_positions" => Values(input, i => i % training.SourceLength),
            "attention_mask" => Mask(input, training.SequenceLength),
            "source_mask" => Mask(input, training.SourceLength),
            "targets" => Integers(spec.Head.Kind == HeadKind.SpanExtraction ? training.SequenceLength : Math.Max(spec.Head.Labels, spec.Main.VocabularySize * (spec.Head.Labels == 0 ? 1 : 0))),
            "pixels" or "target_values" or "pair_mask" or "input_scale" => Values(input, _ => random.NextDouble() + 0.1),
            _ => throw new NotSupportedException($"{input} has no range."),
        };
    }

    /// <summary>The first sequence whole, the second one without its last token.</summary>
    private static double[] Mask(Tensor input, int length) => Values(input, i => i < length || i % length < length - 1 ? 1 : 0);

    private static double[] Values(Tensor input, Func<int, double> element) => [.. Enumerable.Range(0, (int)input.Shape.Elements).Select(element)];
}
