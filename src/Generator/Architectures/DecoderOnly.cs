using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>
/// Decoder-only transformers: the programs prefill, decode and, where the declaration asks for it, train. They differ in their rows
/// and in what attention looks at.
/// </summary>
internal sealed class DecoderOnly : ModelBuilder
{
    private readonly LayerStack _stack;
    private readonly VocabularyHead _head;

    public DecoderOnly(ModelDeclaration declaration)
        : base(declaration)
    {
        _stack = new LayerStack(Spec, Spec.Decoder!, StackNames.Only, Model);
        _head = new VocabularyHead(Spec, _stack, Model);
    }

    protected override void DeclareParameters()
    {
        new StackParameters(Spec, _stack.Spec, _stack.Names, Factory).Declare();
        _head.Declare(Factory);
    }

    protected override void BuildInference()
    {
        BuildPrefill(Sight.None);
        BuildDecode(Sight.None);
        if (!Declaration.CapturesAttention) return;
        BuildPrefill(Sight.Tokens);
        BuildDecode(Sight.Tokens);
    }

    protected override Tensor BuildForward(ProgramGraph program, TrainingSpec training)
    {
        var rows = new Shape(checked(training.BatchSize * training.SequenceLength));
        var inputs = new StackInputs(Input("tokens", rows), Input("positions", rows));
        var shape = new AttentionShape(_stack.Spec.Attention, training.BatchSize, training.SequenceLength);
        Tensor hidden = _stack.Build(program, inputs, new LayerRun(Spec.Dropout, _stack.Attention.Sequences(shape, AttentionTerms.None, Spec.Dropout, Sight.None)));
        return _head.BuildTraining(program, hidden);
    }

    private void BuildPrefill(Sight sight)
    {
        int chunk = Declaration.Inference.PrefillChunk;
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Prefill));
        program.BeginPhase(Programs.PrefillPhase);
        Tensor hidden = BuildCached(program, Shape.Bounded(chunk), new AttentionShape(_stack.Spec.Attention, 1, chunk), sight);
        _head.BuildPrefill(program, hidden);
        Finish(program);
    }

    private void BuildDecode(Sight sight)
    {
        int rows = Declaration.Inference.Batch;
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Decode));
        program.BeginPhase(Programs.DecodePhase);
        Tensor hidden = BuildCached(program, new Shape(rows), new AttentionShape(_stack.Spec.Attention, rows, 1), sight);
        _head.BuildDecode(program, hidden);
        Finish(program);
    }

    private Tensor BuildCached(ProgramGraph program, Shape rows, AttentionShape shape, Sight sight)
    {
        var inputs = new StackInputs(Input("tokens", rows), Input("positions", rows));
        return _stack.Build(program, inputs, new LayerRun(DropoutSpec.None, _stack.Attention.Cached(inputs.Positions, shape, sight)));
    }
}
