using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>From states to logits over the vocabulary.</summary>
internal sealed class VocabularyHead(TransformerSpec spec, LayerStack stack, ModelGraph model)
{
    private const string Section = "Head";

    public int Columns => stack.Spec.VocabularySize;

    public void Declare(ParameterFactory factory)
    {
        if (spec.Head.Transform is not null)
        {
            factory.Projection(ParameterNames.HeadTransform, spec.DModel, spec.DModel, bias: true);
            factory.Norm(ParameterNames.HeadTransformNorm, spec.DModel);
        }
        if (!spec.Head.Tied) factory.Projection(ParameterNames.Head, spec.DModel, Columns, spec.Head.Bias);
        else if (spec.Head.Bias) factory.ProjectionBias(ParameterNames.Head, spec.DModel, Columns);
        if (spec.Head.HasFixedBias) model[ParameterNames.Bias(ParameterNames.Head)].IsTrained = false;
    }

    /// <summary>Two phases after the layers of a prompt: the head on one row, or on all of them.</summary>
    public void BuildPrefill(ProgramGraph program, Tensor hidden)
    {
        program.BeginPhase(Programs.LastLogitsPhase);
        program.BeginSection(Programs.LastLogitsPhase);
        Build(program, program.Add(new SelectRow(hidden, "hidden.row")), new Tensor("logits", new Shape(1, Columns), TensorRole.Output));

        program.BeginPhase(Programs.ChunkLogitsPhase);
        program.BeginSection(Programs.ChunkLogitsPhase);
        Build(program, hidden, new Tensor("chunk_logits", hidden.Shape.WithColumns(Columns), TensorRole.Output));
    }

    public void BuildDecode(ProgramGraph program, Tensor hidden)
    {
        program.BeginSection(Section);
        Build(program, hidden, new Tensor("logits", hidden.Shape.WithColumns(Columns), TensorRole.Output));
    }

    /// <summary>The logits of every row.</summary>
    public Tensor BuildTraining(ProgramGraph program, Tensor hidden)
    {
        program.BeginSection(Section);
        Tensor x = stack.FinalNorm(program, hidden, spec.Dropout);
        return BuildNormalized(program, x, new Tensor("logits", hidden.Shape.WithColumns(Columns), TensorRole.Activation));
    }

    /// <summary>The head on states that the final norm has seen.</summary>
    public Tensor BuildNormalized(ProgramGraph program, Tensor x, Tensor logits)
    {
        if (spec.Head.Transform is { } activation)
        {
            Tensor transformed = model.Project(program, x, ParameterNames.HeadTransform);
            x = program.Add(new Activate(transformed, activation, ParameterNames.HeadTransform + ".activated"));
            x = model.Normalize(program, x, ParameterNames.HeadTransformNorm, spec.Norm);
        }
        if (spec.Head.Scale != 1) x = program.Add(new ScaleBy(x, spec.Head.Scale, "head.scaled"));
        Parameter weight = model[spec.Head.Tied ? stack.Names.TokenTable : ParameterNames.Weight(ParameterNames.Head)];
        return program.Add(new Linear(x, weight, model.Find(ParameterNames.Bias(ParameterNames.Head)), logits));
    }

    private void Build(ProgramGraph program, Tensor x, Tensor logits) => BuildNormalized(program, stack.FinalNorm(program, x, DropoutSpec.None), logits);
}
