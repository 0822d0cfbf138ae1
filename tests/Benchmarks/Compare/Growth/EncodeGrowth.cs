using System.Globalization;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Passes of encoders of many sizes.</summary>
internal static class EncodeGrowth
{
    private const int Vocabulary = 1000;
    private static readonly StepSizes _basis = new(Layers: 6, Width: 384, Batch: 1, Sequence: 128);
    private static readonly StepVariations _variations = new(
        Layers: [3, 6, 12, 24], Widths: [192, 384, 768, 1536], Batches: [1, 2, 4, 8], Sequences: [32, 64, 128, 256, 512]);

    public static void Run(CompareContext context) => StepGrowth.Run(context, "encode", _basis, _variations, Declare, (models, sizes) => Start(context, models, sizes));

    private static string Declare(StepSizes sizes) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        [Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = {Vocabulary}, ContextLength = {sizes.Sequence}, DModel = {sizes.Width},
            Heads = {sizes.Heads}, Layers = {sizes.Layers})]
        [Inference(Batch = {sizes.Batch})]
        public sealed partial class {sizes.Model};
        """);

    private static MeasuredStep Start(CompareContext context, ModelCompilation models, StepSizes sizes)
    {
        ModelWeights weights = models.Weights(sizes.Model);
        IEncoder encoder = models.Encoder(sizes.Model, weights, context.Team);
        int[] tokens = [.. Enumerable.Range(0, sizes.Batch * sizes.Sequence).Select(i => i * 7 % Vocabulary)];
        return new MeasuredStep(() => encoder.Encode(tokens), sizes.ForwardGigaFlops(sizes.Sequence), encoder, weights);
    }
}
