using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;

namespace Generator.Tests.Graphs.Decoders;

/// <summary>Prefill in chunks and decoding with several rows compute what the training program computes on whole sequences.</summary>
public sealed class DecoderProgramTests
{
    public static TheoryData<string> Models { get; } = new(TinyModels.Names);

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryProgramGivesTheSameLogits(string name)
    {
        var model = new ModelRun(TinyModels.Declaration(name), seed: 6);
        (int sequences, int length) = (model.Declaration.Training!.BatchSize, model.Declaration.Training.SequenceLength);
        double[] tokens = model.Tokens(model.Rows);
        model.TrainForward(tokens, model.Tokens(model.Rows), new RunState { HasMasks = false });
        double[] expected = model.Result(Programs.Train, "logits");

        int[] prompts = [.. Enumerable.Range(0, sequences).Select(s => Math.Max(1, length - 2 - s))];
        for (int s = 0; s < sequences; s++) AssertPrefill(s);
        for (int step = 0; prompts.All(prompt => prompt + step < length); step++) AssertDecode(step);

        void AssertPrefill(int sequence)
        {
            int chunk = model.Declaration.Inference.PrefillChunk;
            for (int start = 0; start < prompts[sequence]; start += chunk)
            {
                int rows = Math.Min(chunk, prompts[sequence] - start);
                double[] part = tokens.AsSpan(sequence * length + start, rows).ToArray();
                AssertLogits(model.Prefill(sequence, start, part, Programs.ChunkLogitsPhase), sequence, start);
                AssertLogits(model.Prefill(sequence, start, part, Programs.LastLogitsPhase), sequence, start + rows - 1);
            }
        }

        void AssertDecode(int step)
        {
            int slots = model.Declaration.Inference.Batch, vocabulary = model.Declaration.Spec.Main.VocabularySize;
            double[] next = new double[slots], positions = new double[slots];
            for (int s = 0; s < sequences; s++) (next[s], positions[s]) = (tokens[s * length + prompts[s] + step], prompts[s] + step);
            double[] logits = model.Decode(next, positions);
            for (int s = 0; s < sequences; s++) AssertLogits(logits.AsSpan(s * vocabulary, vocabulary).ToArray(), s, prompts[s] + step);
        }

        void AssertLogits(double[] actual, int sequence, int position)
        {
            int start = (sequence * length + position) * model.Declaration.Spec.Main.VocabularySize;
            Assert.Equal(expected.AsSpan(start, actual.Length).ToArray(), actual, (a, b) => Math.Abs(a - b) < 1e-10);
        }
    }
}
