using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>From states to logits over labels: of sequences, of tokens, of the ends of an answer; or to a vector for each sequence.</summary>
internal sealed class LabelHead(TransformerSpec spec, ModelGraph model)
{
    private const string LogitsName = "logits";

    public void Declare(ParameterFactory factory)
    {
        if (spec.Head.Pooler is not null) factory.Projection(ParameterNames.Pooler, spec.DModel, spec.DModel, bias: true);
        if (spec.Head.Kind != HeadKind.None) factory.Projection(ParameterNames.Head, spec.DModel, spec.Head.Labels, spec.Head.Bias);
    }

    /// <summary>Writes what the caller sees: pooled vectors, logits.</summary>
    /// <param name="program">Whose head section is open.</param>
    /// <param name="hidden">States after the final norm.</param>
    /// <param name="mask">What tokens count, or null for all.</param>
    /// <param name="sequences">Sequences side by side.</param>
    public void BuildInference(ProgramGraph program, Tensor hidden, Tensor? mask, int sequences)
    {
        Tensor? pooled = Pool(program, hidden, mask, sequences, DropoutSpec.None);
        if (pooled is not null) program.Add(new Publish(pooled, new Tensor("pooled", pooled.Shape, TensorRole.Output)));
        switch (spec.Head.Kind)
        {
            case HeadKind.None:
                break;
            case HeadKind.SpanExtraction:
                Tensor ends = model.Project(program, hidden, ParameterNames.Head);
                program.Add(new SpanLogits(ends, sequences, new Tensor(LogitsName, new Shape(2 * sequences, hidden.Shape.Rows / sequences), TensorRole.Output)));
                break;
            default:
                Tensor x = pooled ?? hidden;
                model.ProjectInto(program, x, ParameterNames.Head, new Tensor(LogitsName, x.Shape.WithColumns(spec.Head.Labels), TensorRole.Output));
                break;
        }
    }

    /// <summary>The logits that the loss looks at.</summary>
    public Tensor BuildTraining(ProgramGraph program, Tensor hidden, Tensor? mask, int sequences)
    {
        Tensor x = Pool(program, hidden, mask, sequences, spec.Dropout) ?? hidden;
        Tensor logits = model.Project(program, Drop(program, x, spec.Dropout.Head, "head.dropout"), ParameterNames.Head);
        return spec.Head.Kind == HeadKind.SpanExtraction ? program.Add(new SpanLogits(logits, sequences, LogitsName)) : logits;
    }

    private Tensor? Pool(ProgramGraph program, Tensor hidden, Tensor? mask, int sequences, DropoutSpec dropout)
    {
        if (spec.Head.Pooling == PoolingKind.None) return null;
        Tensor? counted = spec.Head.Pooling == PoolingKind.First ? null : mask;
        Tensor pooled = program.Add(new Pool(hidden, counted, spec.Head.Pooling, sequences, "pooled.states"));
        if (spec.Head.Pooler is { } activation)
        {
            Tensor dropped = Drop(program, pooled, dropout.Pooler, "pooler.dropout");
            pooled = program.Add(new Activate(model.Project(program, dropped, ParameterNames.Pooler), activation, "pooler.activated"));
        }
        return spec.Head.NormalizePooled ? program.Add(new NormalizeRows(pooled, "pooled.normalized")) : pooled;
    }

    private static Tensor Drop(ProgramGraph program, Tensor x, float rate, string site) => rate == 0 ? x : program.Add(new Dropout(x, rate, site));
}
