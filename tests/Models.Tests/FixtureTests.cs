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
        (int[] inputs, int[] targets) = Batch(fixture);

        float loss = trainer.Forward(inputs, targets);
        trainer.Backward();

        Agreement.Values("loss", fixture.Floats("out.loss"), [loss]);
        Assert.Equal(fixture.ParameterNames.Order(), weights.Names.Order());
        foreach (string parameter in fixture.ParameterNames)
        {
            float[] expected = fixture.Floats("grad." + parameter);
            var actual = new float[expected.Length];
            trainer.ExportGradient(parameter, actual);
            Agreement.Gradient(parameter, expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThreeStepsOfAdamWAgree(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        using LanguageModelTrainer trainer = FixtureModels.All[name].Trainer(
            weights, new AdamW { LearningRate = 1e-3, WeightDecay = 0.01, ClipNorm = 1 }, null);
        (int[] inputs, int[] targets) = Batch(fixture);

        float[] losses = [trainer.Step(inputs, targets), trainer.Step(inputs, targets), trainer.Step(inputs, targets)];

        Agreement.Values("losses", fixture.Floats("out.loss3"), losses);
        foreach (string parameter in fixture.ParameterNames)
        {
            float[] expected = fixture.Floats("adamw3." + parameter);
            var actual = new float[expected.Length];
            weights.Export(parameter, actual);
            Agreement.AfterAdam(parameter, expected, fixture.Floats("grad." + parameter), actual);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SavedWeightsAreTheLoadedFileBitByBit(string name)
    {
        using var fixture = new Fixture(name);
        using ModelWeights weights = FixtureModels.All[name].Load(fixture.ModelPath);
        string path = Path.Combine(Path.GetTempPath(), $"{name}-{Guid.NewGuid():N}.safetensors");
        try
        {
            weights.Save(path);
            using SafetensorsFile original = SafetensorsFile.Open(fixture.ModelPath), saved = SafetensorsFile.Open(path);
            Assert.Equal(original.Names.Order(), saved.Names.Order());
            foreach (string tensor in original.Names)
            {
                Assert.Equal(original.Tensor(tensor).Shape.ToArray(), saved.Tensor(tensor).Shape.ToArray());
                float[] before = new float[original.Tensor(tensor).Count], after = new float[before.Length];
                original.ReadFloat32(tensor, before);
                saved.ReadFloat32(tensor, after);
                Assert.Equal(before, after);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IEnumerable<(int[] Tokens, float[] Logits)> Rows(Fixture fixture)
    {
        int[] shape = fixture.Shape("out.logits");
        int[][] tokens = [.. fixture.Integers("in.input_ids").Chunk(shape[1])];
        float[][] logits = [.. fixture.Floats("out.logits").Chunk(shape[1] * shape[2])];
        return tokens.Zip(logits);
    }

    private static (int[] Inputs, int[] Targets) Batch(Fixture fixture)
    {
        int[] targets = fixture.Integers("in.labels");
        Labels.Shift(targets, fixture.Shape("in.labels")[1], targets);
        return (fixture.Integers("in.input_ids"), targets);
    }
}
