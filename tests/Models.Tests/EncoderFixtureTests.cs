using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Each reference encoder agrees with Hugging Face's implementation in everything that it computes.</summary>
public sealed class EncoderFixtureTests
{
    public static TheoryData<string> Names => [.. EncoderFixtures.Encoders.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void LogitsAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Encoders[name].Load(fixture.ModelPath);
        using IEncoder encoder = EncoderFixtures.Encoders[name].Encoder(weights);
        if (fixture.Has("in.pixel_values")) encoder.Encode(fixture.Floats("in.pixel_values"));
        else encoder.Encode(fixture.Integers("in.input_ids"), Optional(fixture, "in.attention_mask"), Optional(fixture, "in.token_type_ids"));

        if (fixture.Has("out.start_logits"))
        {
            Agreement.Values("start logits", fixture.Floats("out.start_logits"), encoder.StartLogits);
            Agreement.Values("end logits", fixture.Floats("out.end_logits"), encoder.EndLogits);
        }
        else Agreement.Values("logits", fixture.Floats("out.logits"), encoder.Logits);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LossAndEveryGradientAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Encoders[name].Load(fixture.ModelPath);
        using ModelTrainer trainer = EncoderFixtures.Encoders[name].Trainer(weights, new AdamW());
        FixtureBatches.FillEncoder(trainer.Batch, fixture);

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
        using ModelWeights weights = EncoderFixtures.Encoders[name].Load(fixture.ModelPath);
        using ModelTrainer trainer = EncoderFixtures.Encoders[name].Trainer(weights, FixtureComparison.Optimizer());
        FixtureBatches.FillEncoder(trainer.Batch, fixture);
        FixtureComparison.ThreeSteps(fixture, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SavedWeightsAreTheLoadedFileBitByBit(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = EncoderFixtures.Encoders[name].Load(fixture.ModelPath);
        FixtureComparison.SavedFile(fixture, weights);
    }

    private static int[]? Optional(Fixture fixture, string name) => fixture.Has(name) ? fixture.Integers(name) : null;
}
