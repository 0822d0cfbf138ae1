using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>From a declaration to its graph: one set of parameters, and the programs that share them.</summary>
internal abstract class ModelBuilder
{
    protected ModelBuilder(ModelDeclaration declaration)
    {
        Declaration = declaration;
        Factory = new ParameterFactory(Model, Spec);
    }

    protected ModelDeclaration Declaration { get; }

    protected TransformerSpec Spec => Declaration.Spec;

    protected ModelGraph Model { get; } = new();

    protected ParameterFactory Factory { get; }

    public static ModelGraph Build(ModelDeclaration declaration)
    {
        ModelBuilder builder = Of(declaration);
        builder.DeclareParameters();
        builder.BuildInference();
        if (declaration.Training is { } training) builder.BuildTraining(training);
        return builder.Model;
    }

    /// <summary>The tensors of the model's checkpoint, without its programs.</summary>
    public static IReadOnlyList<CheckpointEntry> Checkpoint(ModelDeclaration declaration)
    {
        ModelBuilder builder = Of(declaration);
        builder.DeclareParameters();
        return CheckpointNames.Of(declaration.Spec, builder.Model);
    }

    protected abstract void DeclareParameters();

    protected abstract void BuildInference();

    /// <summary>Adds the forward phase, up to what the loss looks at.</summary>
    protected abstract Tensor BuildForward(ProgramGraph program, TrainingSpec training);

    protected ProgramGraph NewProgram(string name)
    {
        var program = new ProgramGraph(name);
        Model.Programs.Add(program);
        return program;
    }

    protected static void Finish(ProgramGraph program)
    {
        Fusion.FuseAddends(program);
        Fusion.FuseActivations(program);
    }

    /// <summary>What a caller provides: integers.</summary>
    protected static Tensor Input(string name, Shape shape) => new(name, shape, TensorRole.Input, ElementType.Int32);

    /// <summary>What a caller provides: numbers.</summary>
    protected static Tensor FloatInput(string name, Shape shape) => new(name, shape, TensorRole.Input);

    private static ModelBuilder Of(ModelDeclaration declaration) => declaration.Spec.Architecture switch
    {
        Architecture.DecoderOnly => new DecoderOnly(declaration),
        Architecture.EncoderOnly => new EncoderOnly(declaration),
        Architecture.EncoderDecoder => new EncoderDecoder(declaration),
        Architecture unknown => throw new ArgumentException($"{unknown} is not an architecture."),
    };

    private void BuildTraining(TrainingSpec training)
    {
        ProgramGraph program = NewProgram(Programs.Train);
        program.BeginPhase(Programs.ForwardPhase);
        LossBuilder.Append(Model, program, training.Loss, BuildForward(program, training));
        Fusion.FuseAddends(program);
        FreezeParameters(training);
        Differentiation.AppendBackward(program);
        Fusion.FuseActivations(program);
        Recomputation.RecomputeCheapValues(program);
    }

    private void FreezeParameters(TrainingSpec training)
    {
        foreach (CheckpointEntry entry in CheckpointNames.Of(Spec, Model))
        {
            if (!training.Frozen.Any(pattern => NamePattern.IsMatch(entry.Name, pattern))) continue;
            foreach (Parameter parameter in entry.Parameters) parameter.IsTrained = false;
        }
    }
}
