using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>What is hidden changes nothing, whether it is there or not; where all is hidden, attention gives zeros and never NaN.</summary>
public sealed class OddMaskTests
{
    /// <summary>Encoders of tokens.</summary>
    public static TheoryData<string> Encoders => [.. OddEncoders.All.Where(model => !new OddBatches(model.Value.Type).HasImages).Select(model => model.Key)];

    public static TheoryData<string> TrainedEncoders => [.. OddEncoders.All
        .Where(model => !new OddBatches(model.Value.Type).HasImages && model.Value.Trainer is not null && model.Key != nameof(OddEncoders.Dropping))
        .Select(model => model.Key)];

    public static TheoryData<string> EncodersOfPairs => [.. OddEncoders.All.Where(model => new OddBatches(model.Value.Type).HasPairs).Select(model => model.Key)];

    public static TheoryData<string> Pairs => [.. OddPairs.All.Keys.Where(name => name != nameof(OddPairs.Dropping))];

    [Theory]
    [MemberData(nameof(Encoders))]
    public void ShortPaddedAndMaskedRunsOfASentenceAgree(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IEncoder encoder = model.Encoder(weights, null);
        var inputs = new OddBatches(model.Type);
        int length = encoder.SequenceLength - 2;
        Example sentence = inputs.Sequence(length, 2);

        ModelRuns.Encode(encoder, [sentence, .. Others(length, 3)]);
        float[] states = First(encoder.HiddenStates, length), pooled = Vector();
        ModelRuns.Encode(encoder, [Padded(sentence, inputs.Sequence(encoder.SequenceLength, 8)), .. Others(encoder.SequenceLength, 100)]);
        Agreement.Values("states", states, First(encoder.HiddenStates, length));
        Agreement.Values("pooled", pooled, Vector());

        IEnumerable<Example> Others(int tokens, int seed) => Enumerable.Range(seed, encoder.Batch - 1).Select(row => inputs.Sequence(tokens, row));
        float[] First(ReadOnlySpan<float> rows, int count) => rows[..(count * encoder.DModel)].ToArray();
        float[] Vector() => inputs.HasVector ? encoder.Pooled[..(encoder.Pooled.Length / encoder.Batch)].ToArray() : [];
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void ASentenceThatIsHiddenAsAWholeIsTheReferencesOwn(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IEncoder encoder = model.Encoder(weights, null);
        var inputs = new OddBatches(model.Type);
        Example[] rows = [.. Enumerable.Range(0, encoder.Batch).Select(row => inputs.Sequence(encoder.SequenceLength, row))];
        rows[1] = rows[1] with { Mask = new int[encoder.SequenceLength] };
        ModelRuns.Encode(encoder, rows);
        ModelRuns.AssertResults(encoder, new ReferenceModel(model.Type, weights), inputs, rows, model.Type);
    }

    [Theory]
    [MemberData(nameof(TrainedEncoders))]
    public void ASentenceThatIsHiddenAsAWholeTrainsAsTheReferenceDoes(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using ModelTrainer trainer = model.Trainer!(weights, new AdamW(), null);
        new OddBatches(model.Type).Fill(trainer.Batch, 9);
        trainer.Batch.AttentionMask[..(trainer.Batch.AttentionMask.Length / trainer.BatchSize)].Clear();
        ModelRuns.AssertLossAndGradients(model.Type, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(EncodersOfPairs))]
    public void PairsThatAreAllHiddenAreTheReferencesOwn(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        float hidden = name == nameof(OddEncoders.AdditivePairs) ? float.NegativeInfinity : 0;
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        var inputs = new OddBatches(model.Type);
        using (ModelTrainer trainer = model.Trainer!(weights, new AdamW(), null))
        {
            inputs.Fill(trainer.Batch, 10);
            trainer.Batch.PairMask.Fill(hidden);
            ModelRuns.AssertLossAndGradients(model.Type, weights, trainer);
        }
        using IEncoder encoder = model.Encoder(weights, null);
        Example[] rows = [.. Enumerable.Range(0, encoder.Batch).Select(row => inputs.Sequence(encoder.SequenceLength, row))];
        Array.Fill(rows[0].Pairs!, hidden);
        ModelRuns.Encode(encoder, rows);
        ModelRuns.AssertResults(encoder, new ReferenceModel(model.Type, weights), inputs, rows, model.Type);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ASourceThatIsHiddenAsAWholeIsTheReferencesOwn(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using (ModelTrainer trainer = model.Trainer(weights, new AdamW(), null))
        {
            new OddBatches(model.Type).Fill(trainer.Batch, 11);
            trainer.Batch.SourceMask[..(trainer.Batch.SourceMask.Length / trainer.BatchSize)].Clear();
            ModelRuns.AssertLossAndGradients(model.Type, weights, trainer);
        }
        using IEncoderDecoderSession session = model.Session(weights, null);
        var example = new Example { Tokens = [1, 2, 0], Source = new int[session.SourceLength], SourceMask = new int[session.SourceLength] };
        double[][] expected = new ReferenceModel(model.Type, weights).Logits(example);
        for (int row = 0; row < session.Batch; row++) session.Encode(row, example.Source, example.SourceMask);
        for (int t = 0; t < example.Tokens.Length; t++)
        {
            session.Decode([.. Enumerable.Repeat(example.Tokens[t], session.Batch)]);
            Agreement.Values($"logits {t}", ModelRuns.Floats([expected[t]]), session.LogitsOf(0));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ShortPaddedAndMaskedSourcesAgree(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IEncoderDecoderSession session = model.Session(weights, null);
        int length = (session.SourceLength + 1) / 2;
        int[] source = OddBatches.Tokens(session.SourceLength, session.SourceVocabularySize, 12);
        session.Encode(0, source.AsSpan(0, length));
        session.Prefill(0, [1, 2, 0]);
        float[] expected = session.LogitsOf(0).ToArray();
        session.Encode(0, source, [.. Enumerable.Range(0, source.Length).Select(i => i < length ? 1 : 0)]);
        session.Prefill(0, [1, 2, 0]);
        Agreement.Values("logits", expected, session.LogitsOf(0));
    }

    /// <summary>The sentence with a padding's tokens, factors and pairs behind it, hidden.</summary>
    private static Example Padded(Example sentence, Example padding)
    {
        int length = sentence.Tokens.Length, whole = padding.Tokens.Length;
        float[]? pairs = padding.Pairs;
        for (int i = 0; pairs is not null && i < length; i++) sentence.Pairs.AsSpan(i * length, length).CopyTo(pairs.AsSpan(i * whole));
        return padding with
        {
            Tokens = [.. sentence.Tokens, .. padding.Tokens[length..]],
            Mask = [.. sentence.Mask!, .. new int[whole - length]],
            Types = sentence.Types is null ? null : [.. sentence.Types, .. padding.Types![length..]],
            Scale = sentence.Scale is null ? null : [.. sentence.Scale, .. padding.Scale![length..]],
        };
    }
}
