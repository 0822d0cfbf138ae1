using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>
/// Encoder–decoders (Vaswani et al., 2017): the programs encode (one source, whose keys and values for every decoder layer go into the
/// cache), prefill, decode and, where the declaration asks for it, teacher-forced training.
/// </summary>
internal sealed class EncoderDecoder : ModelBuilder
{
    private readonly LayerStack _encoder;
    private readonly LayerStack _decoder;
    private readonly VocabularyHead _head;

    public EncoderDecoder(ModelDeclaration declaration)
        : base(declaration)
    {
        _encoder = new LayerStack(Spec, Spec.Encoder!, StackNames.Of(ParameterNames.EncoderPrefix, Spec.Embedding.IsShared), Model);
        _decoder = new LayerStack(Spec, Spec.Decoder!, StackNames.Of(ParameterNames.DecoderPrefix, Spec.Embedding.IsShared), Model);
        _head = new VocabularyHead(Spec, _decoder, Model);
    }

    protected override void DeclareParameters()
    {
        foreach (LayerStack stack in (LayerStack[])[_encoder, _decoder]) new StackParameters(Spec, stack.Spec, stack.Names, Factory).Declare();
        _head.Declare(Factory);
    }

    protected override void BuildInference()
    {
        BuildPrefill(Sight.None);
        BuildDecode(Sight.None);
        BuildEncode(Sight.None);
        if (!Declaration.CapturesAttention) return;
        BuildPrefill(Sight.Tokens);
        BuildDecode(Sight.Tokens);
        BuildEncode(Sight.Source);
    }

    protected override Tensor BuildForward(ProgramGraph program, TrainingSpec training)
    {
        (int batch, int length, int sourceLength) = (training.BatchSize, training.SequenceLength, training.SourceLength);
        Tensor sourceMask = Input("source_mask", new Shape(batch, sourceLength));
        Tensor states = BuildEncoder(program, new Shape(checked(batch * sourceLength)), batch, sourceLength, new AttentionTerms { KeyMask = sourceMask }, Spec.Dropout, Sight.None);

        var rows = new Shape(checked(batch * length));
        var inputs = new StackInputs(Input("tokens", rows), Input("positions", rows));
        AttendSelf self = _decoder.Attention.Sequences(new AttentionShape(_decoder.Spec.Attention, batch, length), AttentionTerms.None, Spec.Dropout, Sight.None);
        AttendSource source = _decoder.Attention.States(states, sourceMask, new AttentionShape(_decoder.Spec.CrossAttention!, batch, length, sourceLength), Spec.Dropout);
        return _head.BuildTraining(program, _decoder.Build(program, inputs, new LayerRun(Spec.Dropout, self, source)));
    }

    private void BuildEncode(Sight sight)
    {
        int length = _encoder.Spec.ContextLength;
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Encode));
        program.BeginPhase(Programs.EncodeSourcePhase);
        Tensor states = BuildEncoder(
            program, Shape.Bounded(length), 1, length, new AttentionTerms { KeyMask = Input("source_mask", new Shape(1, length)) }, DropoutSpec.None, sight);
        for (int layer = 0; layer < _decoder.Spec.Layers; layer++)
        {
            program.BeginSection($"SourceLayer{layer}", _decoder.Names.Module(layer, ""));
            _decoder.Attention.KeepSource(program, layer, states, Input("source_positions", states.Shape.PerRow()), length);
        }
        Finish(program);
    }

    private Tensor BuildEncoder(ProgramGraph program, Shape rows, int sequences, int length, AttentionTerms terms, DropoutSpec dropout, Sight sight)
    {
        var inputs = new StackInputs(Input("sources", rows), Input("source_positions", rows));
        AttendSelf self = _encoder.Attention.Sequences(new AttentionShape(_encoder.Spec.Attention, sequences, length), terms, dropout, sight);
        return _encoder.FinalNorm(program, _encoder.Build(program, inputs, new LayerRun(dropout, self)), dropout);
    }

    private void BuildPrefill(Sight sight)
    {
        int chunk = Declaration.Inference.PrefillChunk;
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Prefill));
        program.BeginPhase(Programs.PrefillPhase);
        _head.BuildPrefill(program, BuildCached(program, Shape.Bounded(chunk), 1, chunk, sight));
        Finish(program);
    }

    private void BuildDecode(Sight sight)
    {
        int rows = Declaration.Inference.Batch;
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Decode));
        program.BeginPhase(Programs.DecodePhase);
        _head.BuildDecode(program, BuildCached(program, new Shape(rows), rows, 1, sight));
        Finish(program);
    }

    private Tensor BuildCached(ProgramGraph program, Shape rows, int sequences, int length, Sight sight)
    {
        int sourceLength = _encoder.Spec.ContextLength;
        var inputs = new StackInputs(Input("tokens", rows), Input("positions", rows));
        AttendSelf self = _decoder.Attention.Cached(inputs.Positions, new AttentionShape(_decoder.Spec.Attention, sequences, length), sight);
        AttendSource source = _decoder.Attention.SourceCache(
            Input("source_mask", new Shape(sequences, sourceLength)), new AttentionShape(_decoder.Spec.CrossAttention!, sequences, length, sourceLength), sight);
        return _decoder.Build(program, inputs, new LayerRun(DropoutSpec.None, self, source));
    }
}
