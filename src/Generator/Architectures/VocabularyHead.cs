using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>From states to logits over the vocabulary.</summary>
internal sealed class VocabularyHead(TransformerSpec spec, LayerStack stack, ModelGraph model)
{
    public int Columns => stack.Spec.VocabularySize;

    public void Declare(ParameterFactory factory)
    {
        if (!spec.Head.Tied) factory.Projection(ParameterNames.Head, spec.DModel, Columns, spec.Head.Bias);
        else if (spec.Head.Bias) factory.ProjectionBias(ParameterNames.Head, spec.DModel, Columns);
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
        program.BeginSection("Head");
        Build(program, hidden, new Tensor("logits", hidden.Shape.WithColumns(Columns), TensorRole.Output));
    }

    public Tensor Build(ProgramGraph program, Tensor x, Tensor logits)
    {
        x = stack.FinalNorm(program, x);
        Parameter weight = model[spec.Head.Tied ? stack.TokenTable : ParameterNames.Weight(ParameterNames.Head)];
        return program.Add(new Linear(x, weight, model.Find(ParameterNames.Bias(ParameterNames.Head)), logits));
    }
}
