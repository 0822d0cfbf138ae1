using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>What enters a stack: tokens with their positions, or images.</summary>
internal sealed record StackInputs(Tensor? Tokens, Tensor Positions)
{
    public Tensor? TokenTypes { get; init; }

    /// <summary>A factor for each token's embedding.</summary>
    public Tensor? InputScale { get; init; }

    public Tensor? Pixels { get; init; }
}

/// <summary>How the layers run in one program.</summary>
/// <param name="Dropout">None for inference.</param>
/// <param name="Self">How queries find keys and values in their own sequence.</param>
/// <param name="Source">How queries find those of the encoder's states; null for a stack that does not look at them.</param>
internal sealed record LayerRun(DropoutSpec Dropout, AttendSelf Self, AttendSource? Source = null)
{
    /// <summary>Sees the states that enter the first layer, and those that leave each layer but the last.</summary>
    public Action<int, Tensor>? Observe { get; init; }
}

/// <summary>A stack's embedding and layers, built once here for every program that has them.</summary>
internal sealed class LayerStack
{
    private readonly TransformerSpec _model;
    private readonly StackNames _names;
    private readonly ModelGraph _graph;
    private readonly StackPositions _positions;

    public LayerStack(TransformerSpec model, StackSpec spec, StackNames names, ModelGraph graph)
    {
        _model = model;
        _names = names;
        _graph = graph;
        _positions = new StackPositions(spec, names, graph, model.DModel);
        Spec = spec;
        Attention = new StackAttention(model, spec, names, graph, _positions);
    }

    public StackSpec Spec { get; }

    public StackAttention Attention { get; }

    public StackNames Names => _names;

    /// <summary>Embedding and layers; the states of all rows, before the final norm.</summary>
    public Tensor Build(ProgramGraph program, StackInputs inputs, LayerRun run)
    {
        program.BeginSection(_names.Section("Embedding"), _names.Prefix);
        Tensor? distances = _positions.Distances(program);
        Tensor x = Embed(program, inputs, run.Dropout);
        var outputs = new List<Tensor> { x };
        for (int layer = 0; layer < Spec.Layers; layer++)
        {
            run.Observe?.Invoke(layer, x);
            program.BeginSection(_names.Section($"Layer{layer}"), _names.Module(layer, ""));
            if (layer > 0) x = _positions.AddAgain(program, x, inputs.Positions, layer);
            x = Layer(program, layer, x, inputs.Positions, distances, run);
            outputs.Add(x);
        }
        return Spec.LayerSum ? SumLayers(program, outputs) : x;
    }

    /// <summary>The states that a head looks at, or a decoder at its source's.</summary>
    public Tensor FinalNorm(ProgramGraph program, Tensor x, DropoutSpec dropout)
    {
        string norm = _names.Of(ParameterNames.FinalNorm);
        return Drop(program, Spec.FinalNorm ? Norm(program, x, norm) : x, dropout.FinalNorm, norm + ".dropout");
    }

    private Tensor SumLayers(ProgramGraph program, List<Tensor> outputs)
    {
        program.BeginSection(_names.Section("LayerSum"), _names.Prefix);
        return program.Add(new SoftmaxSum(
            outputs, _graph[_names.Of(ParameterNames.LayerSumWeights)].Tensor, _graph[_names.Of(ParameterNames.LayerSumScale)].Tensor, _names.Of("layer_sum")));
    }

    private Tensor Embed(ProgramGraph program, StackInputs inputs, DropoutSpec dropout)
    {
        Tensor x = inputs.Pixels is { } pixels ? EmbedImage(program, pixels) : EmbedTokens(program, inputs);
        if (inputs.InputScale is { } scale) x = program.Add(new ScaleRows(x, scale, _names.Of("embedding.scaled")));
        x = _positions.Join(program, x, inputs.Positions);
        if (Spec.EmbeddingNorm) x = Norm(program, x, _names.Of(ParameterNames.EmbeddingNorm));
        return Drop(program, x, dropout.Embedding, _names.Of("embedding.dropout"));
    }

    private Tensor EmbedTokens(ProgramGraph program, StackInputs inputs)
    {
        Tensor table = _graph[_names.TokenTable].Tensor;
        Tensor x = program.Add(new Embedding(inputs.Tokens!, table, _model.Embedding.Scale, addend: null, _names.Of("embedding"), untrained: _model.Embedding.PaddingToken));
        if (inputs.TokenTypes is not { } types) return x;
        return program.Add(new Embedding(types, _graph[_names.Of(ParameterNames.TypeEmbedding)].Tensor, scale: 1, x, _names.Of("embedding.typed")));
    }

    private Tensor EmbedImage(ProgramGraph program, Tensor pixels)
    {
        ImageSpec image = _model.Embedding.Image!;
        Tensor patches = program.Add(new Patches(pixels, image.PatchSize, _names.Of("embedding.pixels")));
        Tensor x = Project(program, patches, _names.Of(ParameterNames.PatchProjection));
        return program.Add(new PrependToken(x, _graph[_names.Of(ParameterNames.ClassToken)].Tensor, pixels.Shape.Rows, _names.Of("embedding")));
    }

    private Tensor Layer(ProgramGraph program, int layer, Tensor x, Tensor positions, Tensor? distances, LayerRun run)
    {
        string Module(string module) => _names.Module(layer, module);
        Tensor Attend(Tensor input) => Attention.Self(program, layer, input, positions, distances, run.Self);
        Tensor FeedForward(Tensor input) => FeedForwardBlock(program, layer, input, run.Dropout);
        float rate = run.Dropout.Residual, attentionRate = run.Dropout.AfterAttention ? rate : 0;

        if (Spec.Residual is ResidualKind.Parallel or ResidualKind.ParallelSharedNorm)
        {
            Tensor attentionInput = Norm(program, x, Module(ParameterNames.AttentionNorm));
            Tensor attended = Join(program, x, Attend(attentionInput), Module("attention"), attentionRate);
            Tensor feedForwardInput = Spec.Residual == ResidualKind.Parallel ? Norm(program, x, Module(ParameterNames.FeedForwardNorm)) : attentionInput;
            return Join(program, attended, FeedForward(feedForwardInput), Module("feed_forward"), rate);
        }

        x = Sublayer(program, x, Attend, Module(ParameterNames.AttentionNorm), Module("attention"), attentionRate);
        if (run.Source is { } source)
        {
            x = Sublayer(
                program, x, input => Attention.Source(program, layer, input, source), Module(ParameterNames.CrossNorm), Module("cross_attention"), attentionRate);
        }
        return Sublayer(program, x, FeedForward, Module(ParameterNames.FeedForwardNorm), Module("feed_forward"), rate);
    }

    /// <summary>x + dropout(block(x)), with the norm where the spec places it.</summary>
    private Tensor Sublayer(ProgramGraph program, Tensor x, Func<Tensor, Tensor> block, string norm, string name, float rate)
    {
        bool isPre = _model.Norm.Placement == NormPlacement.Pre;
        Tensor sum = Join(program, x, block(isPre ? Norm(program, x, norm) : x), name, rate);
        return isPre ? sum : Norm(program, sum, norm);
    }

    private Tensor Join(ProgramGraph program, Tensor x, Tensor y, string name, float rate)
    {
        Tensor dropped = Drop(program, y, rate, name + ".dropout");
        return Spec.Residual == ResidualKind.None ? dropped : program.Add(new Add(x, dropped, name + ".residual"));
    }

    private Tensor FeedForwardBlock(ProgramGraph program, int layer, Tensor input, DropoutSpec dropout)
    {
        FeedForwardSpec spec = Spec.FeedForward;
        string down = _names.Module(layer, ParameterNames.Down), hiddenName = _names.Module(layer, "feed_forward.hidden");
        if (spec.IsLinear) return Project(program, input, down);

        Tensor hidden;
        if (spec.Gated)
        {
            Tensor gate = Project(program, input, _names.Module(layer, ParameterNames.Gate));
            Tensor up = Project(program, input, _names.Module(layer, ParameterNames.Up));
            hidden = program.Add(new GatedActivate(gate, up, spec.Activation, hiddenName));
        }
        else
        {
            hidden = program.Add(new Activate(Project(program, input, _names.Module(layer, ParameterNames.Up)), spec.Activation, hiddenName));
        }
        return Project(program, Drop(program, hidden, dropout.FeedForward, hiddenName + ".dropout"), down);
    }

    private Tensor Project(ProgramGraph program, Tensor x, string module) => _graph.Project(program, x, module);

    private Tensor Norm(ProgramGraph program, Tensor x, string module) => _graph.Normalize(program, x, module, _model.Norm);

    private static Tensor Drop(ProgramGraph program, Tensor x, float rate, string site) =>
        rate == 0 ? x : program.Add(new Dropout(x, rate, site));
}
