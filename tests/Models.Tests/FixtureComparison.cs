using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>What training and saving must give for a reference model.</summary>
internal static class FixtureComparison
{
    public static AdamW Optimizer() => new() { LearningRate = 1e-3, WeightDecay = 0.01, ClipNorm = 1 };

    public static void Gradients(Fixture fixture, ModelWeights weights, ITrainer trainer)
    {
        Assert.Empty(fixture.ParameterNames.Except(weights.Names));
        foreach (string parameter in fixture.ParameterNames)
        {
            float[] expected = fixture.Floats("grad." + parameter);
            var actual = new float[expected.Length];
            trainer.ExportGradient(parameter, actual);
            Agreement.Gradient(parameter, expected, actual);
        }
    }

    public static void ThreeSteps(Fixture fixture, ModelWeights weights, ITrainer trainer)
    {
        float[] losses = [trainer.Step(), trainer.Step(), trainer.Step()];
        Agreement.Values("losses", fixture.Floats("out.loss3"), losses);
        foreach (string parameter in fixture.ParameterNames)
        {
            float[] expected = fixture.Floats("adamw3." + parameter);
            var actual = new float[expected.Length];
            weights.Export(parameter, actual);
            Agreement.AfterAdam(parameter, expected, fixture.Floats("grad." + parameter), actual);
        }
    }

    public static void SavedFile(Fixture fixture, ModelWeights weights)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
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
}
