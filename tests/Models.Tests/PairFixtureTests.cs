using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Each reference encoder–decoder agrees with Hugging Face's implementation in everything that it computes.</summary>
public sealed class PairFixtureTests
{
    public static TheoryData<string> Names => [.. EncoderFixtures.Pairs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void PrefillGivesTheLogitsOfEveryPosition(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        using IEncoderDecoderSession session = EncoderFixtures.Pairs[name].Session(weights);
        foreach (Row row in Rows(fixture))
        {
            session.Encode(row.Source, row.Mask);
            var logits = new float[row.Logits.Length];
            session.PrefillLogits(row.Tokens, logits);
            Agreement.Values("logits", row.Logits, logits);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DecodingTokenByTokenGivesTheSameLogits(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        using IEncoderDecoderSession session = EncoderFixtures.Pairs[name].Session(weights);
        foreach (Row row in Rows(fixture))
        {
            session.Encode(row.Source, row.Mask);
            for (int position = 0; position < row.Tokens.Length; position++)
            {
                session.Decode(row.Tokens[position]);
                Agreement.Values($"logits at {position}", row.Logits.AsSpan(position * session.VocabularySize, session.VocabularySize), session.Logits);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PaddingThatIsLeftOutChangesNothing(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        using IEncoderDecoderSession session = EncoderFixtures.Pairs[name].Session(weights);
        foreach (Row row in Rows(fixture))
        {
            int length = Array.LastIndexOf(row.Mask, 1) + 1;
            session.Encode(row.Source.AsSpan(0, length), row.Mask.AsSpan(0, length));
            var logits = new float[row.Logits.Length];
            session.PrefillLogits(row.Tokens, logits);
            Agreement.Values("logits", row.Logits, logits);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LossAndEveryGradientAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        using ModelTrainer trainer = EncoderFixtures.Pairs[name].Trainer(weights, new AdamW());
        FixtureBatches.FillPair(trainer.Batch, fixture);

        float loss = trainer.Forward();
        trainer.Backward();

        Agreement.Values("loss", fixture.Floats("out.loss"), [loss]);
        FixtureComparison.Gradients(fixture, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThreeStepsOfAdamWAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        using ModelTrainer trainer = EncoderFixtures.Pairs[name].Trainer(weights, FixtureComparison.Optimizer());
        FixtureBatches.FillPair(trainer.Batch, fixture);
        FixtureComparison.ThreeSteps(fixture, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SavedWeightsAreTheLoadedFileBitByBit(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Pairs[name].Load(fixture.ModelPath);
        FixtureComparison.SavedFile(fixture, weights);
    }

    private static IEnumerable<Row> Rows(Fixture fixture)
    {
        int[] shape = fixture.Shape("out.logits");
        int sourceLength = fixture.Shape("in.input_ids")[1];
        int[] sources = fixture.Integers("in.input_ids"), masks = fixture.Integers("in.attention_mask"), tokens = FixtureBatches.DecoderTokens(fixture);
        float[] logits = fixture.Floats("out.logits");
        for (int row = 0; row < shape[0]; row++)
        {
            yield return new Row(
                sources[(row * sourceLength)..((row + 1) * sourceLength)], masks[(row * sourceLength)..((row + 1) * sourceLength)],
                tokens[(row * shape[1])..((row + 1) * shape[1])], logits[(row * shape[1] * shape[2])..((row + 1) * shape[1] * shape[2])]);
        }
    }

    private sealed record Row(int[] Source, int[] Mask, int[] Tokens, float[] Logits);
}
