using Generator.Tests.Graphs.Encoders;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device;

/// <summary>Training of whole encoders and encoder–decoders: the kernels of every operation beside the reference interpreter.</summary>
public sealed class EncoderKernelTests
{
    public static TheoryData<string> Models { get; } = new(TinyEncoders.Names.Where(name => TinyEncoders.Declaration(name).Training is not null));

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsComputeWhatTrainingDoes(string name)
    {
        ModelDeclaration declaration = TinyEncoders.Declaration(name);
        ModelGraph model = ModelBuilder.Build(declaration);
        ProgramGraph program = model.Program(Programs.Train);
        var random = new Random(5);
        var values = new SsaValues();
        foreach (Parameter parameter in model.Parameters)
        {
            double centre = parameter.Kind == ParameterKind.Norm ? 1 : 0;
            values.Set(parameter.Tensor, [.. Enumerable.Range(0, (int)parameter.Elements).Select(_ => centre + (0.6 * ((2 * random.NextDouble()) - 1)))]);
        }

        foreach (TableSet tables in model.Tables) TableRules.Fill(tables, values);
        foreach (Tensor input in program.Operations.SelectMany(o => o.Inputs).OfType<Tensor>().Where(t => t.Role == TensorRole.Input).Distinct())
            values.Set(input, TrainingInputs.Draw(input, declaration, random));
        Interpreter.Run(program.Operations, new DeviceCheckedValues(values), new RunState { HasMasks = false });
    }
}
