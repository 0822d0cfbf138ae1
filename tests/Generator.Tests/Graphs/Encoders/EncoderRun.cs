using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Encoders;

/// <summary>An encoder or encoder–decoder with random parameters, and one of its programs with random inputs.</summary>
internal sealed class EncoderRun
{
    public EncoderRun(ModelDeclaration declaration, string program, int seed)
    {
        var random = new Random(seed);
        Model = ModelBuilder.Build(declaration);
        Program = Model.Program(program);
        RandomParameters.Fill(Model, Values, random);
        foreach (Tensor input in Program.Operations.SelectMany(o => o.Inputs).OfType<Tensor>().Where(t => t.Role == TensorRole.Input).Distinct())
            Values.Set(input, TrainingInputs.Draw(input, declaration, random));
    }

    public ModelGraph Model { get; }

    public ProgramGraph Program { get; }

    public SsaValues Values { get; } = new();
}
