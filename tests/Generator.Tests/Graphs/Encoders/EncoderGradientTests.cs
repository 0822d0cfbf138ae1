using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
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
        ModelDeclaration declaration = TinyEncoders.Declaration(name);
        ModelGraph model = ModelBuilder.Build(declaration);
        ProgramGraph program = model.Program(Programs.Train);
        var random = new Random(5);
        var values = new SsaValues();
        foreach (Parameter parameter in model.Parameters)
        {
            double centre = parameter.Kind == ParameterKind.Norm ? 1 : 0;
            values.Set(parameter.Tensor, [.. Enumerable.Range(0, (int)parameter.Elements).Select(_ => centre + 0.6 * (2 * random.NextDouble() - 1))]);
        }
        foreach (TableSet tables in model.Tables) TableRules.Fill(tables, values);
        foreach (Tensor input in program.Operations.SelectMany(o => o.Inputs).OfType<Tensor>().Where(t => t.Role == TensorRole.Input).Distinct())
            values.Set(input, TrainingInputs.Draw(input, declaration, random));

        var run = new RunState { Seed = 8 };
        Interpret(Differentiation.BackwardPhase, Forward);
        FiniteDifferences.AssertAlongDirections(model.Parameters, values, Forward, new Random(4));

        double Forward()
        {
            Interpret(Programs.ForwardPhase);
            return values[program.Operations.SelectMany(o => o.Outputs).Single(t => t.Name == "loss")][0];
        }

        void Interpret(string phase, Func<double>? before = null)
        {
            before?.Invoke();
            Interpreter.Interpreter.Run(program.Phases.Single(p => p.Name == phase).Sections.SelectMany(s => s.Operations), values, run);
        }
    }
}
