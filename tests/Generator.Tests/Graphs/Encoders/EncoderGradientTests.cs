using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Encoders;

/// <summary>The training programs of encoders and encoder–decoders: every parameter's gradient against finite differences of the loss.</summary>
public sealed class EncoderGradientTests
{
    public static TheoryData<string> Models { get; } = new(TinyEncoders.Names.Where(name => TinyEncoders.Declaration(name).Training is not null));

    [Theory]
    [MemberData(nameof(Models))]
    public void GradientsAreFiniteDifferences(string name)
    {
        var model = new EncoderRun(TinyEncoders.Declaration(name), Programs.Train, seed: 5);
        var run = new RunState { Seed = 8 };
        Interpret(Differentiation.BackwardPhase, Forward);
        FiniteDifferences.AssertAlongDirections(model.Model.Parameters, model.Values, Forward, new Random(4));

        double Forward()
        {
            Interpret(Programs.ForwardPhase);
            return model.Values[model.Program.Operations.SelectMany(o => o.Outputs).Single(t => t.Name == "loss")][0];
        }

        void Interpret(string phase, Func<double>? before = null)
        {
            before?.Invoke();
            Interpreter.Interpreter.Run(model.Program.Phases.Single(p => p.Name == phase).Sections.SelectMany(s => s.Operations), model.Values, run);
        }
    }
}
