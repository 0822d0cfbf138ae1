using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>How a layer's queries find keys and values: in the sequence itself, or in a cache.</summary>
internal delegate Tensor Attend(ProgramGraph program, int layer, Tensor q, Tensor k, Tensor v);

/// <summary>What enters a stack.</summary>
internal sealed record StackInputs(Tensor Tokens, Tensor Positions);

/// <summary>How the layers run in one program.</summary>
internal sealed record LayerRun(DropoutSpec Dropout, Attend Self);

/// <summary>A stack's embedding and layers, built once here for every program that has them.</summary>
internal sealed class LayerStack
{
    private readonly TransformerSpec _model;
    private readonly string _prefix;
    private readonly ModelGraph _graph;
    private readonly RotaryTables? _rotary;
    private readonly SinusoidalTable? _sinusoids;

    public LayerStack(TransformerSpec model, StackSpec spec, string prefix, ModelGraph graph)
    {
        _model = model;
        _prefix = prefix;
        _graph = graph;
        Spec = spec;
        if (spec.Position.Kind == PositionKind.Rotary) graph.Tables.Add(_rotary = new RotaryTables(spec.Position, spec.ContextLength));
        if (spec.Position.Kind == PositionKind.Sinusoidal)
            graph.Tables.Add(_sinusoids = new SinusoidalTable(spec.Position, spec.ContextLength, model.DModel));
    }

    public StackSpec Spec { get; }

    /// <summary>The table of token embeddings.</summary>
    public string TokenTable => Name(ParameterNames.TokenEmbedding);

    public void DeclareEmbedding(ParameterFactory factory)
    {
        factory.Embedding(TokenTable, Spec.VocabularySize, _model.DModel);
        if (Spec.Position.Kind == PositionKind.Learned) factory.Embedding(Name(ParameterNames.PositionEmbedding), Spec.Position.LearnedLength, _model.DModel);
    }

    public void DeclareLayers(ParameterFactory factory)
    {
        for (int layer = 0; layer < Spec.Layers; layer++)
        {
            DeclareAttention(factory, layer);
            DeclareFeedForward(factory, layer);
        }
        if (Spec.FinalNorm) factory.Norm(Name(ParameterNames.FinalNorm), _model.DModel);
    }

    /// <summary>Embedding and layers; the states of all rows, before the final norm.</summary>
    public Tensor Build(ProgramGraph program, StackInputs inputs, LayerRun run)
    {
        program.BeginSection("Embedding");
        Tensor x = Embed(program, inputs, run.Dropout);
        for (int layer = 0; layer < Spec.Layers; layer++)
        {
            program.BeginSection($"Layer{layer}");
            x = AttentionSublayer(program, layer, x, inputs.Positions, run);
            x = FeedForwardSublayer(program, layer, x, run.Dropout);
        }
        return x;
    }

    public Tensor FinalNorm(ProgramGraph program, Tensor x) => Spec.FinalNorm ? Norm(program, x, Name(ParameterNames.FinalNorm)) : x;

    /// <summary>Attention within whole sequences.</summary>
    public Attend AttendSequence(AttentionShape shape) => (program, layer, q, k, v) =>
        program.Add(new Attention(q, k, v, shape, AttentionTerms.None, _model.Dropout.Attention, Module(layer, "attention.context")));

    /// <summary>Attention to what the cache holds, after the new rows have joined it.</summary>
    public Attend AttendCached(Tensor positions, AttentionShape shape) => (program, layer, q, k, v) =>
    {
        Tensor keys = program.Add(new AppendToCache(k, positions, Cache(layer, CachePart.Keys), CachePart.Keys, shape, Spec.ContextLength));
        Tensor values = program.Add(new AppendToCache(v, positions, Cache(layer, CachePart.Values), CachePart.Values, shape, Spec.ContextLength));
        return program.Add(new CachedAttention(q, keys, values, positions, shape, Spec.ContextLength, AttentionTerms.None, Module(layer, "attention.context")));
    };

    private string Name(string module) => _prefix + module;

    private string Module(int layer, string module) => _prefix + ParameterNames.Layer(layer, module);

    private void DeclareAttention(ParameterFactory factory, int layer)
    {
        AttentionSpec attention = Spec.Attention;
        int queryWidth = attention.Heads * attention.HeadDim, keyWidth = attention.KeyValueHeads * attention.HeadDim;
        factory.Norm(Module(layer, ParameterNames.AttentionNorm), _model.DModel);
        factory.Projection(Module(layer, ParameterNames.Query), _model.DModel, queryWidth, attention.QueryBias);
        factory.Projection(Module(layer, ParameterNames.Key), _model.DModel, keyWidth, attention.KeyBias);
        factory.Projection(Module(layer, ParameterNames.Value), _model.DModel, keyWidth, attention.ValueBias);
        if (attention.QueryKeyNorm)
        {
            factory.Norm(Module(layer, ParameterNames.QueryNorm), attention.HeadDim);
            factory.Norm(Module(layer, ParameterNames.KeyNorm), attention.HeadDim);
        }
        factory.ResidualProjection(Module(layer, ParameterNames.AttentionOutput), queryWidth, _model.DModel, attention.OutputBias, Spec.Layers);
    }

    private void DeclareFeedForward(ParameterFactory factory, int layer)
    {
        FeedForwardSpec feedForward = Spec.FeedForward;
        factory.Norm(Module(layer, ParameterNames.FeedForwardNorm), _model.DModel);
        if (feedForward.Gated) factory.Projection(Module(layer, ParameterNames.Gate), _model.DModel, feedForward.Dim, feedForward.InputBias);
        factory.Projection(Module(layer, ParameterNames.Up), _model.DModel, feedForward.Dim, feedForward.InputBias);
        factory.ResidualProjection(Module(layer, ParameterNames.Down), feedForward.Dim, _model.DModel, feedForward.OutputBias, Spec.Layers);
    }

    private Tensor Cache(int layer, CachePart part)
    {
        string name = Module(layer, part == CachePart.Keys ? "attention.cached_keys" : "attention.cached_values");
        StateSlot? slot = _graph.States.Find(s => s.Name == name);
        if (slot is null)
        {
            slot = new StateSlot(name, KeyValueCache.Floats(Spec.Attention, Spec.ContextLength, part));
            _graph.States.Add(slot);
        }
        return slot.Initial(new Shape(Spec.Attention.KeyValueHeads, Spec.ContextLength, KeyValueCache.HeadDim(Spec.Attention, part)));
    }

    private Tensor Embed(ProgramGraph program, StackInputs inputs, DropoutSpec dropout)
    {
        Tensor table = _graph[TokenTable].Tensor;
        Tensor x = program.Add(new Embedding(inputs.Tokens, table, _model.Embedding.Scale, addend: null, Name("embedding")));
        Tensor? positionTable = _sinusoids?.Values;
        if (Spec.Position.Kind == PositionKind.Learned) positionTable = _graph[Name(ParameterNames.PositionEmbedding)].Tensor;
        if (positionTable is not null) x = program.Add(new Embedding(inputs.Positions, positionTable, scale: 1, x, Name("embedding.positioned")));
        return Drop(program, x, dropout.Embedding, Name("embedding.dropout"));
    }

    private Tensor AttentionSublayer(ProgramGraph program, int layer, Tensor x, Tensor positions, LayerRun run)
    {
        AttentionSpec attention = Spec.Attention;
        Tensor input = _model.Norm.Placement == NormPlacement.Pre ? Norm(program, x, Module(layer, ParameterNames.AttentionNorm)) : x;
        Tensor q = Project(program, input, Module(layer, ParameterNames.Query));
        Tensor k = Project(program, input, Module(layer, ParameterNames.Key));
        Tensor v = Project(program, input, Module(layer, ParameterNames.Value));
        if (attention.QueryKeyNorm)
        {
            q = Norm(program, q, Module(layer, ParameterNames.QueryNorm));
            k = Norm(program, k, Module(layer, ParameterNames.KeyNorm));
        }
        if (_rotary is not null)
        {
            q = program.Add(new Rotary(q, positions, _rotary, attention.Heads, Module(layer, "attention.rotated_query")));
            k = program.Add(new Rotary(k, positions, _rotary, attention.KeyValueHeads, Module(layer, "attention.rotated_key")));
        }
        Tensor context = run.Self(program, layer, q, k, v);
        Tensor output = Project(program, context, Module(layer, ParameterNames.AttentionOutput));
        return Residual(program, x, output, Module(layer, "attention"), Module(layer, ParameterNames.AttentionNorm), run.Dropout);
    }

    private Tensor FeedForwardSublayer(ProgramGraph program, int layer, Tensor x, DropoutSpec dropout)
    {
        FeedForwardSpec spec = Spec.FeedForward;
        Tensor input = _model.Norm.Placement == NormPlacement.Pre ? Norm(program, x, Module(layer, ParameterNames.FeedForwardNorm)) : x;
        Tensor hidden;
        if (spec.Gated)
        {
            Tensor gate = Project(program, input, Module(layer, ParameterNames.Gate));
            Tensor up = Project(program, input, Module(layer, ParameterNames.Up));
            hidden = program.Add(new GatedActivate(gate, up, spec.Activation, Module(layer, "feed_forward.hidden")));
        }
        else
        {
            Tensor up = Project(program, input, Module(layer, ParameterNames.Up));
            hidden = program.Add(new Activate(up, spec.Activation, Module(layer, "feed_forward.hidden")));
        }
        Tensor output = Project(program, hidden, Module(layer, ParameterNames.Down));
        return Residual(program, x, output, Module(layer, "feed_forward"), Module(layer, ParameterNames.FeedForwardNorm), dropout);
    }

    /// <summary>x + dropout(y), normalised where norms follow the sum.</summary>
    private Tensor Residual(ProgramGraph program, Tensor x, Tensor y, string name, string norm, DropoutSpec dropout)
    {
        Tensor sum = program.Add(new Add(x, Drop(program, y, dropout.Residual, name + ".dropout"), name + ".residual"));
        return _model.Norm.Placement == NormPlacement.Post ? Norm(program, sum, norm) : sum;
    }

    private Tensor Project(ProgramGraph program, Tensor x, string module) =>
        program.Add(new Linear(x, _graph[ParameterNames.Weight(module)], _graph.Find(ParameterNames.Bias(module)), module));

    private Tensor Norm(ProgramGraph program, Tensor x, string module)
    {
        Tensor weight = _graph[ParameterNames.Weight(module)].Tensor;
        return program.Add(_model.Norm.Kind == NormKind.LayerNorm
            ? new LayerNorm(x, weight, _graph[ParameterNames.Bias(module)].Tensor, _model.Norm.Epsilon, module)
            : new RmsNorm(x, weight, _model.Norm.Epsilon, module));
    }

    private static Tensor Drop(ProgramGraph program, Tensor x, float rate, string site) =>
        rate == 0 ? x : program.Add(new Dropout(x, rate, site));
}
