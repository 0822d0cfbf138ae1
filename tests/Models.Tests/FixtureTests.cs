using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Each reference model agrees with Hugging Face's implementation in everything that it computes.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Names => [.. FixtureModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void PrefillGivesTheLogitsOfEveryPosition(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        using IDecoderSession session = FixtureModels.All[name].Session(weights, null);
        foreach ((int[] tokens, float[] expected) in Rows(fixture))
        {
            var logits = new float[expected.Length];
            session.Reset();
            session.PrefillLogits(tokens, logits);
            Agreement.Values("logits", expected, logits);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DecodingTokenByTokenGivesTheSameLogits(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        using IDecoderSession session = FixtureModels.All[name].Session(weights, null);
        foreach ((int[] tokens, float[] expected) in Rows(fixture))
        {
            session.Reset();
            session.Prefill(tokens.AsSpan(0, 7));
            for (int position = 6; position < tokens.Length; position++)
            {
                if (position > 6) session.Decode(tokens[position]);
                Agreement.Values($"logits at {position}", expected.AsSpan(position * session.VocabularySize, session.VocabularySize), session.Logits);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LossAndEveryGradientAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        using LanguageModelTrainer trainer = FixtureModels.All[name].Trainer(weights, new AdamW(), null);
        (int[] inputs, int[] targets) = FixtureBatches.OfDecoder(fixture);

        float loss = trainer.Forward(inputs, targets);
        trainer.Backward();

        Agreement.Values("loss", fixture.Floats("out.loss"), [loss]);
        FixtureComparison.Gradients(fixture, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThreeStepsOfAdamWAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        using LanguageModelTrainer trainer = FixtureModels.All[name].Trainer(weights, FixtureComparison.Optimizer(), null);
        FixtureBatches.FillDecoder(trainer.Batch, fixture);

        FixtureComparison.ThreeSteps(fixture, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SavedWeightsAreTheLoadedFileBitByBit(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        FixtureComparison.SavedFile(fixture, weights);
    }

    private static IEnumerable<(int[] Tokens, float[] Logits)> Rows(Fixture fixture)
    {
        int[] shape = fixture.Shape("out.logits");
        int[][] tokens = [.. fixture.Integers("in.input_ids").Chunk(shape[1])];
        float[][] logits = [.. fixture.Floats("out.logits").Chunk(shape[1] * shape[2])];
        return tokens.Zip(logits);
    }
}
