using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Decoders;

/// <summary>The training program of whole models: every parameter's gradient against finite differences of the loss.</summary>
public sealed class DecoderGradientTests
{
    public static TheoryData<string> Models { get; } = new(TinyModels.Names);

    [Theory]
    [MemberData(nameof(Models))]
    public void GradientsAreFiniteDifferences(string name)
    {
        var model = new ModelRun(TinyModels.Declaration(name), seed: 3);
        double[] tokens = model.Tokens(model.Rows), targets = Targets(model);
        var run = new RunState { Seed = 8 };
        model.TrainForward(tokens, targets, run);
        model.TrainBackward(run);
        FiniteDifferences.AssertAlongDirections(
            model.Model.Parameters, model.Values, () => model.TrainForward(tokens, targets, run), new Random(4));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void MicroBatchesAddUp(string name)
    {
        var both = new ModelRun(TinyModels.Declaration(name), seed: 3);
        var sums = new Dictionary<string, double[]>();
        foreach (ulong seed in (ulong[])[1, 2])
        {
            double[] tokens = both.Tokens(both.Rows), targets = Targets(both);
            var alone = new ModelRun(TinyModels.Declaration(name), seed: 3);
            foreach (ModelRun model in (ModelRun[])[alone, both])
            {
                var run = new RunState { Seed = seed };
                model.TrainForward(tokens, targets, run);
                model.TrainBackward(run);
            }
            foreach (Parameter parameter in alone.Model.Parameters)
            {
                double[] gradient = alone.Values.Gradient(parameter);
                sums[parameter.Name] = sums.TryGetValue(parameter.Name, out double[]? sum) ? [.. sum.Zip(gradient, (a, b) => a + b)] : gradient;
            }
        }
        foreach (Parameter parameter in both.Model.Parameters)
            Assert.Equal(sums[parameter.Name], both.Values.Gradient(parameter), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void OnlyTrainedParametersHaveGradients(string name)
    {
        ModelGraph model = new ModelRun(TinyModels.Declaration(name), seed: 3).Model;
        IEnumerable<Parameter> written = model.Program("Train").Operations.SelectMany(o => o.Outputs)
            .Where(t => t.Role == TensorRole.ParameterGradient).Select(t => t.Parameter!).Distinct();
        Assert.Equal(model.Parameters.Where(p => p.IsTrained).ToHashSet(), written.ToHashSet());
    }

    private static double[] Targets(ModelRun model)
    {
        double[] targets = model.Tokens(model.Rows);
        if (targets.Length > 2) targets[2] = -100;
        return targets;
    }
}
