using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>How positions enter a stack: into the embedding, into queries, keys and values, or into the scores.</summary>
internal sealed class StackPositions
{
    private const string Weights = "attention.weights", PositionedContext = "attention.positioned_context";

    private readonly StackSpec _stack;
    private readonly PositionSpec _spec;
    private readonly StackNames _names;
    private readonly ModelGraph _graph;
    private readonly int _vectorWidth;
    private readonly RotaryTables? _rotary;
    private readonly SinusoidalTable? _sinusoids;
    private readonly AlibiTable? _alibi;

    public StackPositions(StackSpec stack, StackNames names, ModelGraph graph, int dModel)
    {
        _stack = stack;
        _spec = stack.Position;
        _names = names;
        _graph = graph;
        _vectorWidth = VectorWidth(stack, dModel);
        if (_spec.Kind == PositionKind.Rotary) graph.Tables.Add(_rotary = new RotaryTables(_spec, stack.ContextLength));
        if (_spec.Kind == PositionKind.Sinusoidal) graph.Tables.Add(_sinusoids = new SinusoidalTable(_spec, stack.ContextLength, _vectorWidth));
        if (_spec.Kind == PositionKind.Alibi) graph.Tables.Add(_alibi = new AlibiTable(stack.Attention.Heads, stack.ContextLength));
    }

    /// <summary>Width of a position's vector.</summary>
    public static int VectorWidth(StackSpec stack, int dModel) => stack.Position.Combination == PositionCombination.Added ? dModel : stack.Position.Width;

    /// <summary>Width of a token's vector.</summary>
    public static int TokenWidth(StackSpec stack, int dModel) =>
        stack.Position.Combination == PositionCombination.Concatenated ? dModel - stack.Position.Width : dModel;

    /// <summary>What the scores of every layer gain by distance; null for none.</summary>
    public Tensor? Distances(ProgramGraph program)
    {
        if (_spec.Kind != PositionKind.RelativeBias) return _alibi?.Distances;
        BucketDirection direction = _stack.Attention.Causal ? BucketDirection.Causal : BucketDirection.Bidirectional;
        return program.Add(new RelativeBias(
            _graph[_names.Of(ParameterNames.RelativeBias)].Tensor, direction, _spec.MaxDistance, _stack.ContextLength, _names.Of("relative_bias")));
    }

    /// <summary>The embedding with its positions.</summary>
    public Tensor Join(ProgramGraph program, Tensor x, Tensor positions)
    {
        if (Table() is not { } table) return x;
        if (_spec.Combination == PositionCombination.Added)
            return program.Add(new Embedding(positions, table, scale: 1, x, _names.Of("embedding.positioned"), _spec.Offset, _spec.PaddingToken));

        Tensor vectors = program.Add(new Embedding(positions, table, scale: 1, addend: null, _names.Of("embedding.positions"), _spec.Offset));
        Tensor both = program.Add(new Concatenate(x, vectors, _names.Of("embedding.positioned")));
        return _spec.Combination == PositionCombination.Concatenated ? both : _graph.Project(program, both, _names.Of(ParameterNames.EmbeddingProjection));
    }

    /// <summary>The states that enter a later layer, with positions added once more where the spec says so.</summary>
    public Tensor AddAgain(ProgramGraph program, Tensor x, Tensor positions, int layer) => _spec.EveryLayer
        ? program.Add(new Embedding(positions, Table()!, scale: 1, x, _names.Module(layer, "positioned"), _spec.Offset))
        : x;

    /// <summary>Queries, keys and values with the positions that they carry.</summary>
    public (Tensor Q, Tensor K, Tensor V) Apply(ProgramGraph program, int layer, Tensor positions, Tensor q, Tensor k, Tensor v)
    {
        string Module(string module) => _names.Module(layer, module);
        Tensor AddTable(Tensor x, string table, string name) =>
            program.Add(new Embedding(positions, _graph[Module(table)].Tensor, scale: 1, x, Module(name)));

        if (_rotary is not null)
        {
            q = program.Add(new Rotary(q, positions, _rotary, _stack.Attention.Heads, Module("attention.rotated_query")));
            k = program.Add(new Rotary(k, positions, _rotary, _stack.Attention.KeyValueHeads, Module("attention.rotated_key")));
        }
        if (_spec.Kind != PositionKind.LearnedPerProjection) return (q, k, v);
        return (
            AddTable(q, ParameterNames.QueryPositions, "attention.positioned_query"),
            AddTable(k, ParameterNames.KeyPositions, "attention.positioned_key"),
            AddTable(v, ParameterNames.ValuePositions, "attention.positioned_value"));
    }

    /// <summary>What a layer's scores gain by relative vectors, for whole sequences; null for none.</summary>
    public Tensor? Scores(ProgramGraph program, int layer, Tensor q, Tensor k, AttentionShape shape)
    {
        if (RelativeTable(layer, ParameterNames.RelativeKeys) is not { } table) return null;
        Tensor scores = program.Add(new RelativeScores(q, table, shape, _names.Module(layer, "attention.relative_scores")));
        return _spec.Kind == PositionKind.RelativeKeysAndQueries
            ? program.Add(new RelativeKeyScores(k, table, scores, shape, _names.Module(layer, "attention.relative_key_scores")))
            : scores;
    }

    /// <summary>As <see cref="Scores"/>, for rows that attend to a cache.</summary>
    public Tensor? CachedScores(ProgramGraph program, int layer, Tensor q, Tensor positions, AttentionShape shape) => RelativeTable(layer, ParameterNames.RelativeKeys) is { } table
        ? program.Add(new CachedRelativeScores(q, table, positions, shape, _stack.ContextLength, _names.Module(layer, "attention.relative_scores")))
        : null;

    /// <summary>What a layer's heads give, with what they gather by relative vectors, for whole sequences.</summary>
    public Tensor Context(ProgramGraph program, int layer, Attention attention)
    {
        if (RelativeTable(layer, ParameterNames.RelativeValues) is not { } table) return attention.O;
        AttentionShape shape = attention.Shape;
        var extents = new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys);
        var weights = new Tensor(_names.Module(layer, Weights), extents, TensorRole.Activation);
        program.Add(new AttentionWeights(attention.Inputs[0]!, attention.Inputs[1]!, shape, attention.Terms, weights));
        if (attention.Dropout > 0)
        {
            var dropped = new Tensor(_names.Module(layer, Weights + ".dropout"), extents, TensorRole.Activation);
            weights = program.Add(new Dropout(weights, attention.Dropout, attention.Site, addend: null, dropped));
        }
        return program.Add(new RelativeValues(weights, table, attention, _names.Module(layer, PositionedContext)));
    }

    /// <summary>As <see cref="Context"/>, for rows that attend to a cache.</summary>
    public Tensor CachedContext(ProgramGraph program, int layer, CachedAttention attention, Tensor q, Tensor keys, Tensor positions)
    {
        if (RelativeTable(layer, ParameterNames.RelativeValues) is not { } table) return attention.Outputs[0];
        Shape extents = CachedRelativeScores.CacheShape(q.Shape, attention.Shape.Spec.Heads, _stack.ContextLength);
        var weights = new Tensor(_names.Module(layer, Weights), extents, TensorRole.Activation);
        program.Add(new CachedAttentionWeights(q, keys, positions, attention.Shape, _stack.ContextLength, attention.Terms, weights));
        return program.Add(new CachedRelativeValues(weights, table, positions, attention.Outputs[0], attention.Shape, _names.Module(layer, PositionedContext)));
    }

    private Tensor? RelativeTable(int layer, string name) => _graph.Find(_names.Module(layer, name))?.Tensor;

    private Tensor? Table() => _spec.Kind switch
    {
        PositionKind.Sinusoidal => _sinusoids!.Values,
        PositionKind.Learned => _graph[_names.Of(ParameterNames.PositionEmbedding)].Tensor,
        _ => null,
    };
}
