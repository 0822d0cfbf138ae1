using Generator.Tests.Graphs.Interpreter;
using Models.Tests;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Training;
using static Transformer.Compiled.Generator.Architectures.Programs;
using Architecture = Transformer.Compiled.Generator.Declarations.Architecture;
using Parameter = Transformer.Compiled.Generator.Graph.Parameter;
using Precision = Transformer.Compiled.Generator.Declarations.Precision;

namespace Generator.Tests.Device.Rounding;

/// <summary>
/// Trainers of the reference models with rounded factors: loss and every gradient, an update, and loss and gradients after it. The update itself has no products; it is held to the rule in double precision on
/// the device's own gradients, as Adam makes whole steps of what gradients next to nothing are off by.
/// </summary>
public sealed class RoundedTrainingTests
{
    private const double Rate = 1e-3, Decay = 0.01, Epsilon = 1e-8;

    public static TheoryData<string, string> Cases => DeviceFixture.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void LossesAndGradientsAgreeBeforeAndAfterAnUpdate(string name, string precision)
    {
        DeviceFixture model = DeviceFixture.Of(name, precision);
        using ModelWeights weights = model.Load(), gradients = model.Load();
        using ModelTrainer trainer = DeviceModels.Trainer(model.Model, weights, new AdamW { LearningRate = Rate, WeightDecay = Decay, Epsilon = Epsilon, ClipNorm = 1 }, null);
        Fill(trainer.Batch, model);
        Dictionary<string, double[]> found = Pass();
        Dictionary<string, double[]> before = Trained(model).ToDictionary(parameter => parameter.Name, parameter => StoredParameters.Read(weights, parameter));
        trainer.Update();
        weights.BringToHost!();
        double norm = Math.Sqrt(before.Keys.Sum(parameter => found[parameter].Sum(gradient => gradient * gradient)));
        Assert.Equal(norm, trainer.LastGradientNorm, 1e-6 * norm);
        foreach (Parameter parameter in Trained(model))
            AssertUpdated(parameter.Name, before[parameter.Name], found[parameter.Name], Math.Min(1, 1 / (norm + 1e-6)), StoredParameters.Read(weights, parameter));
        Pass();

        Dictionary<string, double[]> Pass()
        {
            var device = new Dictionary<string, double[]> { ["loss"] = [trainer.Forward()] };
            trainer.Backward();
            foreach (CheckpointTensor tensor in weights.Layout.Tensors.ToArray().Where(tensor => weights.Layout.IsTrained(tensor)))
            {
                var gradient = new float[tensor.Count];
                trainer.ExportGradient(tensor.Name, gradient);
                gradients.Import(tensor.Name, gradient);
            }

            foreach (Parameter parameter in Trained(model)) device.Add(parameter.Name, StoredParameters.Read(gradients, parameter));
            RoundedAgreement.Check(model.Precision, (rounding, noise) => Interpret(model, new ReferenceRun(model.Graph, weights, noise), rounding), device);
            return device;
        }
    }

    private static IEnumerable<Parameter> Trained(DeviceFixture model) => model.Graph.Parameters.Where(parameter => parameter.IsTrained);

    private static Dictionary<string, double[]> Interpret(DeviceFixture model, ReferenceRun run, Precision precision)
    {
        var state = new RunState { Precision = precision, HasMasks = false };
        run.Run(Train, ForwardPhase, state, FixtureInputs.Training(model));
        run.Run(Train, Differentiation.BackwardPhase, state);
        var results = new Dictionary<string, double[]> { ["loss"] = run.Output(Train, "loss") };
        foreach (Parameter parameter in Trained(model)) results.Add(parameter.Name, run.Gradient(parameter));
        return results;
    }

    private static void Fill(TrainingBatch batch, DeviceFixture model)
    {
        Action<TrainingBatch, Fixture> fill = model.Declaration.Spec.Architecture switch
        {
            Architecture.DecoderOnly => FixtureBatches.FillDecoder,
            Architecture.EncoderOnly => FixtureBatches.FillEncoder,
            _ => FixtureBatches.FillPair,
        };
        fill(batch, model.Recorded);
    }

    /// <summary>AdamW's first step, whose moments are the clipped gradient and its square. Four roundings of a parameter, and sixteen of a step.</summary>
    private static void AssertUpdated(string name, double[] before, double[] gradients, double scale, double[] after)
    {
        for (int i = 0; i < before.Length; i++)
        {
            double gradient = scale * gradients[i], expected = (before[i] * (1 - (Rate * Decay))) - (Rate * gradient / (Math.Abs(gradient) + Epsilon));
            double allowed = Math.ScaleB(Math.Abs(before[i]), -22) + Math.ScaleB(Rate, -20);
            Assert.True(Math.Abs(expected - after[i]) <= allowed, $"{name}[{i}]: {expected:R} after the update, and {after[i]:R} on the device.");
        }
    }
}
