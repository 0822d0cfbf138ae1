using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>
/// Encoder-only transformers (Devlin et al., 2019; Dosovitskiy et al., 2021): the programs encode and, where the declaration asks for it,
/// train. Sequences of tokens may be shorter than the static length: only as many rows are computed.
/// </summary>
internal sealed class EncoderOnly : ModelBuilder
{
    private readonly LayerStack _stack;
    private readonly VocabularyHead? _vocabulary;
    private readonly LabelHead? _labels;

    public EncoderOnly(ModelDeclaration declaration)
        : base(declaration)
    {
        _stack = new LayerStack(Spec, Spec.Encoder!, StackNames.Only, Model);
        if (Spec.Head.Kind is HeadKind.LanguageModel or HeadKind.MaskedLanguageModel) _vocabulary = new VocabularyHead(Spec, _stack, Model);
        else _labels = new LabelHead(Spec, Model);
    }

    protected override void DeclareParameters()
    {
        new StackParameters(Spec, _stack.Spec, _stack.Names, Factory).Declare();
        _vocabulary?.Declare(Factory);
        _labels?.Declare(Factory);
    }

    protected override void BuildInference()
    {
        BuildEncode(Sight.None);
        if (Declaration.CapturesAttention) BuildEncode(Sight.Tokens);
    }

    protected override Tensor BuildForward(ProgramGraph program, TrainingSpec training)
    {
        (int batch, int length) = (training.BatchSize, training.SequenceLength);
        EncoderInputs inputs = Inputs(new Shape(checked(batch * length)), batch, length);
        Tensor states = BuildStates(program, inputs, Spec.Dropout, Sight.None, observe: null);
        if (_vocabulary is not null) return _vocabulary.BuildTraining(program, states);
        program.BeginSection("Head");
        return _labels!.BuildTraining(program, _stack.FinalNorm(program, states, Spec.Dropout), inputs.Mask, batch);
    }

    private void BuildEncode(Sight sight)
    {
        (int batch, int length) = (Declaration.Inference.Batch, Declaration.Inference.SequenceLength);
        Shape rows = Spec.Embedding.Image is null ? Shape.Bounded(checked(batch * length)) : new Shape(checked(batch * length));
        ProgramGraph program = NewProgram(sight.NameOf(Programs.Encode));
        program.BeginPhase(Programs.EncodePhase);
        EncoderInputs inputs = Inputs(rows, batch, length);
        Action<int, Tensor>? observe = Declaration.Inference.HiddenStates ? (layer, x) => Publish(program, x, layer) : null;
        Tensor states = BuildStates(program, inputs, DropoutSpec.None, sight, observe);

        program.BeginSection("Head");
        Tensor hidden = _stack.FinalNorm(program, states, DropoutSpec.None);
        observe?.Invoke(_stack.Spec.Layers, hidden);
        program.Add(new Publish(hidden, new Tensor("hidden_states", hidden.Shape, TensorRole.Output)));
        if (_vocabulary is not null)
            _vocabulary.BuildNormalized(program, hidden, new Tensor("logits", hidden.Shape.WithColumns(_vocabulary.Columns), TensorRole.Output));
        else _labels!.BuildInference(program, hidden, inputs.Mask, batch);
        Finish(program);
    }

    /// <summary>Keeps the states of a layer for the caller.</summary>
    private static void Publish(ProgramGraph program, Tensor x, int layer) =>
        program.Add(new Publish(x, new Tensor($"hidden_states.{layer}", x.Shape, TensorRole.Output)));

    private Tensor BuildStates(ProgramGraph program, EncoderInputs inputs, DropoutSpec dropout, Sight sight, Action<int, Tensor>? observe)
    {
        AttendSelf self = _stack.Attention.Sequences(inputs.Attention, inputs.Terms, dropout, sight);
        return _stack.Build(program, inputs.Stack, new LayerRun(dropout, self) { Observe = observe });
    }

    private EncoderInputs Inputs(Shape rows, int batch, int length)
    {
        ImageSpec? image = Spec.Embedding.Image;
        PairMask pairs = _stack.Spec.Attention.PairMask;
        Tensor? mask = image is null ? Input("attention_mask", new Shape(batch, length)) : null;
        Tensor? pairMask = pairs == PairMask.None ? null : FloatInput("pair_mask", new Shape(batch, length, length));
        bool multiplies = pairs == PairMask.Multiplicative;
        return new EncoderInputs(
            new StackInputs(image is null ? Input("tokens", rows) : null, Input("positions", rows))
            {
                TokenTypes = Spec.Embedding.TokenTypes > 0 ? Input("token_types", rows) : null,
                InputScale = Spec.Embedding.InputMask ? FloatInput("input_scale", rows) : null,
                Pixels = image is null ? null : FloatInput("pixels", new Shape(batch, image.Channels, image.Height, image.Width)),
            },
            new AttentionShape(_stack.Spec.Attention, batch, length),
            new AttentionTerms { KeyMask = mask, Pairs = multiplies ? null : pairMask, Factors = multiplies ? pairMask : null },
            mask);
    }

    private sealed record EncoderInputs(StackInputs Stack, AttentionShape Attention, AttentionTerms Terms, Tensor? Mask);
}
