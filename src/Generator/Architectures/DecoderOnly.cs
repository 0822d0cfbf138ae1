using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>
/// Decoder-only transformers: one set of parameters, and the programs prefill, decode and, where the declaration asks for it, train.
/// The programs differ in their rows and in what attention looks at; the layers are built once, here.
/// </summary>
internal sealed class DecoderOnly
{
    public const string PrefillProgram = "Prefill", DecodeProgram = "Decode", TrainProgram = "Train";
    public const string PrefillPhase = "PrefillLayers", LastLogitsPhase = "LastLogits", ChunkLogitsPhase = "ChunkLogits";
    public const string DecodePhase = "DecodeStep", ForwardPhase = "Forward";

    private readonly ModelDeclaration _declaration;
    private readonly TransformerSpec _spec;
    private readonly ModelGraph _model = new();
    private readonly RotaryTables? _rotary;
    private readonly SinusoidalTable? _sinusoids;

    private DecoderOnly(ModelDeclaration declaration)
    {
        _declaration = declaration;
        _spec = declaration.Spec;
        if (_spec.Position.Kind == PositionKind.Rotary) _model.Tables.Add(_rotary = new RotaryTables(_spec.Position, _spec.ContextLength));
        if (_spec.Position.Kind == PositionKind.Sinusoidal)
            _model.Tables.Add(_sinusoids = new SinusoidalTable(_spec.Position, _spec.ContextLength, _spec.DModel));
    }

    /// <summary>How a layer's queries find keys and values: in the sequence itself, or in a cache.</summary>
    private delegate Tensor Attend(ProgramGraph program, int layer, Tensor q, Tensor k, Tensor v);

    public static ModelGraph Build(ModelDeclaration declaration)
    {
        var builder = new DecoderOnly(declaration);
        builder.DeclareParameters();
        builder.BuildPrefill();
        builder.BuildDecode();
        if (declaration.Training is { } training) builder.BuildTraining(training);
        return builder._model;
    }

    /// <summary>The tensors of the model's checkpoint, without its programs.</summary>
    public static IReadOnlyList<CheckpointEntry> Checkpoint(ModelDeclaration declaration)
    {
        var builder = new DecoderOnly(declaration);
        builder.DeclareParameters();
        return CheckpointNames.Of(declaration.Spec, builder._model);
    }

    private void DeclareParameters()
    {
        var factory = new ParameterFactory(_model, _spec);
        AttentionSpec attention = _spec.Attention;
        FeedForwardSpec feedForward = _spec.FeedForward;
        int queryWidth = attention.Heads * attention.HeadDim, keyWidth = attention.KeyValueHeads * attention.HeadDim;

        factory.Embedding(ParameterNames.TokenEmbedding, _spec.VocabularySize);
        if (_spec.Position.Kind == PositionKind.Learned) factory.Embedding(ParameterNames.PositionEmbedding, _spec.Position.LearnedLength);
        for (int layer = 0; layer < _spec.Layers; layer++)
        {
            string Module(string module) => ParameterNames.Layer(layer, module);
            factory.Norm(Module(ParameterNames.AttentionNorm), _spec.DModel);
            factory.Projection(Module(ParameterNames.Query), _spec.DModel, queryWidth, attention.QueryBias);
            factory.Projection(Module(ParameterNames.Key), _spec.DModel, keyWidth, attention.KeyBias);
            factory.Projection(Module(ParameterNames.Value), _spec.DModel, keyWidth, attention.ValueBias);
            if (attention.QueryKeyNorm)
            {
                factory.Norm(Module(ParameterNames.QueryNorm), attention.HeadDim);
                factory.Norm(Module(ParameterNames.KeyNorm), attention.HeadDim);
            }
            factory.ResidualProjection(Module(ParameterNames.AttentionOutput), queryWidth, _spec.DModel, attention.OutputBias);
            factory.Norm(Module(ParameterNames.FeedForwardNorm), _spec.DModel);
            if (feedForward.Gated) factory.Projection(Module(ParameterNames.Gate), _spec.DModel, feedForward.Dim, feedForward.InputBias);
            factory.Projection(Module(ParameterNames.Up), _spec.DModel, feedForward.Dim, feedForward.InputBias);
            factory.ResidualProjection(Module(ParameterNames.Down), feedForward.Dim, _spec.DModel, feedForward.OutputBias);
        }
        if (_spec.Norm.Placement == NormPlacement.Pre) factory.Norm(ParameterNames.FinalNorm, _spec.DModel);
        if (!_spec.Head.Tied) factory.Projection(ParameterNames.Head, _spec.DModel, _spec.VocabularySize, _spec.Head.Bias);
        else if (_spec.Head.Bias) factory.ProjectionBias(ParameterNames.Head, _spec.DModel, _spec.VocabularySize);
    }

    private void BuildPrefill()
    {
        int chunk = _declaration.Inference.PrefillChunk;
        ProgramGraph program = NewProgram(PrefillProgram);
        program.BeginPhase(PrefillPhase);
        (Tensor tokens, Tensor positions) = Inputs(Shape.Bounded(chunk));
        Tensor hidden = Body(program, tokens, positions, AttendCached(positions, new AttentionShape(_spec.Attention, 1, chunk)), DropoutSpec.None);

        program.BeginPhase(LastLogitsPhase);
        program.BeginSection(LastLogitsPhase);
        Head(program, program.Add(new SelectRow(hidden, "hidden.row")), new Tensor("logits", new Shape(1, _spec.VocabularySize), TensorRole.Output));

        program.BeginPhase(ChunkLogitsPhase);
        program.BeginSection(ChunkLogitsPhase);
        Head(program, hidden, new Tensor("chunk_logits", hidden.Shape.WithColumns(_spec.VocabularySize), TensorRole.Output));
        Finish(program);
    }

    private void BuildDecode()
    {
        int rows = _declaration.Inference.Batch;
        ProgramGraph program = NewProgram(DecodeProgram);
        program.BeginPhase(DecodePhase);
        (Tensor tokens, Tensor positions) = Inputs(new Shape(rows));
        Tensor hidden = Body(program, tokens, positions, AttendCached(positions, new AttentionShape(_spec.Attention, rows, 1)), DropoutSpec.None);
        program.BeginSection("Head");
        Head(program, hidden, new Tensor("logits", hidden.Shape.WithColumns(_spec.VocabularySize), TensorRole.Output));
        Finish(program);
    }

    private void BuildTraining(TrainingSpec training)
    {
        int rows = checked(training.BatchSize * training.SequenceLength);
        var shape = new AttentionShape(_spec.Attention, training.BatchSize, training.SequenceLength);
        ProgramGraph program = NewProgram(TrainProgram);
        program.BeginPhase(ForwardPhase);
        (Tensor tokens, Tensor positions) = Inputs(new Shape(rows));
        Tensor AttendSequence(ProgramGraph p, int layer, Tensor q, Tensor k, Tensor v) =>
            p.Add(new Attention(q, k, v, shape, _spec.Dropout.Attention, ParameterNames.Layer(layer, "attention.context")));

        Tensor hidden = Body(program, tokens, positions, AttendSequence, _spec.Dropout);
        program.BeginSection("Head");
        Tensor logits = Head(program, hidden, new Tensor("logits", hidden.Shape.WithColumns(_spec.VocabularySize), TensorRole.Activation));
        program.Add(new SoftmaxCrossEntropy(logits, new Tensor("targets", new Shape(rows), TensorRole.Input, ElementType.Int32)));

        Fusion.FuseAddends(program);
        FreezeParameters(training);
        Differentiation.AppendBackward(program);
        Fusion.FuseActivations(program);
    }

    private void FreezeParameters(TrainingSpec training)
    {
        foreach (CheckpointEntry entry in CheckpointNames.Of(_spec, _model))
        {
            if (!training.Frozen.Any(pattern => NamePattern.IsMatch(entry.Name, pattern))) continue;
            foreach (Parameter parameter in entry.Parameters) parameter.IsTrained = false;
        }
    }

    private ProgramGraph NewProgram(string name)
    {
        var program = new ProgramGraph(name);
        _model.Programs.Add(program);
        return program;
    }

    private static void Finish(ProgramGraph program)
    {
        Fusion.FuseAddends(program);
        Fusion.FuseActivations(program);
    }

    private static (Tensor Tokens, Tensor Positions) Inputs(Shape rows) =>
        (new Tensor("tokens", rows, TensorRole.Input, ElementType.Int32), new Tensor("positions", rows, TensorRole.Input, ElementType.Int32));

    private Attend AttendCached(Tensor positions, AttentionShape shape) => (program, layer, q, k, v) =>
    {
        Tensor keys = program.Add(new AppendToCache(k, positions, Cache(layer, "keys"), CachePart.Keys, shape, _spec.ContextLength));
        Tensor values = program.Add(new AppendToCache(v, positions, Cache(layer, "values"), CachePart.Values, shape, _spec.ContextLength));
        string name = ParameterNames.Layer(layer, "attention.context");
        return program.Add(new CachedAttention(q, keys, values, positions, shape, _spec.ContextLength, name));
    };

    private Tensor Cache(int layer, string part)
    {
        string name = ParameterNames.Layer(layer, "attention.cached_" + part);
        StateSlot? slot = _model.States.Find(s => s.Name == name);
        if (slot is null)
        {
            slot = new StateSlot(name, KeyValueCache.Floats(_spec.Attention, _spec.ContextLength));
            _model.States.Add(slot);
        }
        return slot.Initial(new Shape(_spec.Attention.KeyValueHeads, _spec.ContextLength, _spec.Attention.HeadDim));
    }

    private Tensor Body(ProgramGraph program, Tensor tokens, Tensor positions, Attend attend, DropoutSpec dropout)
    {
        program.BeginSection("Embedding");
        Tensor x = Embed(program, tokens, positions, dropout);
        for (int layer = 0; layer < _spec.Layers; layer++)
        {
            program.BeginSection($"Layer{layer}");
            x = AttentionSublayer(program, layer, x, positions, attend, dropout);
            x = FeedForwardSublayer(program, layer, x, dropout);
        }
        return x;
    }

    private Tensor Embed(ProgramGraph program, Tensor tokens, Tensor positions, DropoutSpec dropout)
    {
        Tensor table = _model[ParameterNames.TokenEmbedding].Tensor;
        Tensor x = program.Add(new Embedding(tokens, table, _spec.EmbeddingScale, addend: null, "embedding"));
        Tensor? positionTable = _sinusoids?.Values;
        if (_spec.Position.Kind == PositionKind.Learned) positionTable = _model[ParameterNames.PositionEmbedding].Tensor;
        if (positionTable is not null) x = program.Add(new Embedding(positions, positionTable, scale: 1, x, "embedding.positioned"));
        return Drop(program, x, dropout.Embedding, "embedding.dropout");
    }

    private Tensor AttentionSublayer(ProgramGraph program, int layer, Tensor x, Tensor positions, Attend attend, DropoutSpec dropout)
    {
        string Module(string module) => ParameterNames.Layer(layer, module);
        AttentionSpec attention = _spec.Attention;
        Tensor input = _spec.Norm.Placement == NormPlacement.Pre ? Norm(program, x, Module(ParameterNames.AttentionNorm)) : x;
        Tensor q = Project(program, input, Module(ParameterNames.Query));
        Tensor k = Project(program, input, Module(ParameterNames.Key));
        Tensor v = Project(program, input, Module(ParameterNames.Value));
        if (attention.QueryKeyNorm)
        {
            q = Norm(program, q, Module(ParameterNames.QueryNorm));
            k = Norm(program, k, Module(ParameterNames.KeyNorm));
        }
        if (_rotary is not null)
        {
            q = program.Add(new Rotary(q, positions, _rotary, attention.Heads, Module("attention.rotated_query")));
            k = program.Add(new Rotary(k, positions, _rotary, attention.KeyValueHeads, Module("attention.rotated_key")));
        }
        Tensor context = attend(program, layer, q, k, v);
        Tensor output = Project(program, context, Module(ParameterNames.AttentionOutput));
        return Residual(program, x, output, Module("attention"), Module(ParameterNames.AttentionNorm), dropout);
    }

    private Tensor FeedForwardSublayer(ProgramGraph program, int layer, Tensor x, DropoutSpec dropout)
    {
        string Module(string module) => ParameterNames.Layer(layer, module);
        FeedForwardSpec spec = _spec.FeedForward;
        Tensor input = _spec.Norm.Placement == NormPlacement.Pre ? Norm(program, x, Module(ParameterNames.FeedForwardNorm)) : x;
        Tensor hidden;
        if (spec.Gated)
        {
            Tensor gate = Project(program, input, Module(ParameterNames.Gate));
            Tensor up = Project(program, input, Module(ParameterNames.Up));
            hidden = program.Add(new GatedActivate(gate, up, spec.Activation, Module("feed_forward.hidden")));
        }
        else
        {
            Tensor up = Project(program, input, Module(ParameterNames.Up));
            hidden = program.Add(new Activate(up, spec.Activation, Module("feed_forward.hidden")));
        }
        Tensor output = Project(program, hidden, Module(ParameterNames.Down));
        return Residual(program, x, output, Module("feed_forward"), Module(ParameterNames.FeedForwardNorm), dropout);
    }

    /// <summary>x + dropout(y), normalised where norms follow the sum.</summary>
    private Tensor Residual(ProgramGraph program, Tensor x, Tensor y, string name, string norm, DropoutSpec dropout)
    {
        Tensor sum = program.Add(new Add(x, Drop(program, y, dropout.Residual, name + ".dropout"), name + ".residual"));
        return _spec.Norm.Placement == NormPlacement.Post ? Norm(program, sum, norm) : sum;
    }

    private Tensor Head(ProgramGraph program, Tensor x, Tensor logits)
    {
        if (_spec.Norm.Placement == NormPlacement.Pre) x = Norm(program, x, ParameterNames.FinalNorm);
        Parameter weight = _model[_spec.Head.Tied ? ParameterNames.TokenEmbedding : ParameterNames.Weight(ParameterNames.Head)];
        return program.Add(new Linear(x, weight, Bias(ParameterNames.Head), logits));
    }

    private Tensor Project(ProgramGraph program, Tensor x, string module) =>
        program.Add(new Linear(x, _model[ParameterNames.Weight(module)], Bias(module), module));

    private Tensor Norm(ProgramGraph program, Tensor x, string module)
    {
        Tensor weight = _model[ParameterNames.Weight(module)].Tensor;
        return program.Add(_spec.Norm.Kind == NormKind.LayerNorm
            ? new LayerNorm(x, weight, Bias(module)!.Tensor, _spec.Norm.Epsilon, module)
            : new RmsNorm(x, weight, _spec.Norm.Epsilon, module));
    }

    private static Tensor Drop(ProgramGraph program, Tensor x, float rate, string site) =>
        rate == 0 ? x : program.Add(new Dropout(x, rate, site));

    private Parameter? Bias(string module) => _model.Has(ParameterNames.Bias(module)) ? _model[ParameterNames.Bias(module)] : null;
}
