using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>How a layer's queries find keys and values in their own sequence: in the pass itself, or in a cache.</summary>
/// <param name="distances">What scores gain by distance; null for nothing.</param>
internal delegate Tensor AttendSelf(ProgramGraph program, int layer, Tensor q, Tensor k, Tensor v, Tensor? distances);

/// <summary>How a layer's queries find the keys and values of the encoder's states.</summary>
internal delegate Tensor AttendSource(ProgramGraph program, int layer, Tensor q);

/// <summary>The attention blocks of a stack's layers, and the ways in which programs run them.</summary>
internal sealed class StackAttention(TransformerSpec model, StackSpec stack, StackNames names, ModelGraph graph, StackPositions positions)
{
    private const string Context = "attention.context", CrossContext = "cross_attention.context";

    /// <summary>From a sublayer's input to what its heads give, projected.</summary>
    public Tensor Self(ProgramGraph program, int layer, Tensor input, Tensor rows, Tensor? distances, AttendSelf attend)
    {
        AttentionSpec spec = stack.Attention;
        Tensor q = Project(program, layer, input, ParameterNames.Query);
        Tensor k = Project(program, layer, input, ParameterNames.Key);
        Tensor v = Project(program, layer, input, ParameterNames.Value);
        if (spec.QueryKeyNorm)
        {
            q = graph.Normalize(program, q, names.Module(layer, ParameterNames.QueryNorm), model.Norm);
            k = graph.Normalize(program, k, names.Module(layer, ParameterNames.KeyNorm), model.Norm);
        }
        (q, k, v) = positions.Apply(program, layer, rows, q, k, v);
        Tensor context = attend(program, layer, q, k, v, distances);
        return spec.HasOutput ? Project(program, layer, context, ParameterNames.AttentionOutput) : context;
    }

    /// <summary>As <see cref="Self"/>, to the encoder's states.</summary>
    public Tensor Source(ProgramGraph program, int layer, Tensor input, AttendSource attend)
    {
        Tensor context = attend(program, layer, Project(program, layer, input, ParameterNames.CrossQuery));
        return stack.CrossAttention!.HasOutput ? Project(program, layer, context, ParameterNames.CrossOutput) : context;
    }

    /// <summary>Attention within whole sequences.</summary>
    public AttendSelf Sequences(AttentionShape shape, AttentionTerms terms, DropoutSpec dropout, Sight sight) => (program, layer, q, k, v, distances) =>
    {
        AttentionTerms all = terms with { Distances = distances, Scores = positions.Scores(program, layer, q, k, shape) };
        var attention = new Attention(q, k, v, shape, all, dropout.Attention, names.Module(layer, Context));
        program.Add(attention);
        sight.Keep(
            program, layer, new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys),
            weights => new AttentionWeights(q, k, shape, all, weights));
        return positions.Context(program, layer, attention);
    };

    /// <summary>Attention to what the cache holds, after the new rows have joined it.</summary>
    public AttendSelf Cached(Tensor rows, AttentionShape shape, Sight sight) => (program, layer, q, k, v, distances) =>
    {
        Tensor keys = Append(program, k, rows, Cache(layer, "attention.cached_keys", CachePart.Keys, CacheOwner.Tokens, stack.Attention, stack.ContextLength), CachePart.Keys, shape, stack.ContextLength);
        Tensor values = Append(program, v, rows, Cache(layer, "attention.cached_values", CachePart.Values, CacheOwner.Tokens, stack.Attention, stack.ContextLength), CachePart.Values, shape, stack.ContextLength);
        var terms = new AttentionTerms { Distances = distances, Scores = positions.CachedScores(program, layer, q, rows, shape) };
        var attention = new CachedAttention(q, keys, values, rows, shape, stack.ContextLength, terms, names.Module(layer, Context));
        program.Add(attention);
        sight.Keep(
            program, layer, new Shape(q.Shape.Rows, shape.Spec.Heads, stack.ContextLength),
            weights => new CachedAttentionWeights(q, keys, rows, shape, stack.ContextLength, terms, weights));
        return positions.CachedContext(program, layer, attention, q, keys, rows);
    };

    /// <summary>Attention to the states of whole sources.</summary>
    public AttendSource States(Tensor states, Tensor mask, AttentionShape shape, DropoutSpec dropout) => (program, layer, q) =>
    {
        Tensor k = Project(program, layer, states, ParameterNames.CrossKey);
        Tensor v = Project(program, layer, states, ParameterNames.CrossValue);
        return program.Add(new Attention(q, k, v, shape, new AttentionTerms { KeyMask = mask }, dropout.Attention, names.Module(layer, CrossContext)));
    };

    /// <summary>Attention to sources whose keys and values <see cref="KeepSource"/> has put into the cache.</summary>
    public AttendSource SourceCache(Tensor mask, AttentionShape shape, Sight sight) => (program, layer, q) =>
    {
        Tensor keys = SourceCache(layer, "cross_attention.cached_keys", CachePart.Keys, shape.Keys);
        Tensor values = SourceCache(layer, "cross_attention.cached_values", CachePart.Values, shape.Keys);
        Tensor context = program.Add(new CrossAttention(q, keys, values, mask, shape, names.Module(layer, CrossContext)));
        sight.KeepCross(
            program, layer, new Shape(q.Shape.Rows, shape.Spec.Heads, shape.Keys), weights => new CrossAttentionWeights(q, keys, mask, shape, weights));
        return context;
    };

    /// <summary>Computes keys and values of one source for a layer, and puts them into the cache.</summary>
    public void KeepSource(ProgramGraph program, int layer, Tensor states, Tensor rows, int sourceLength)
    {
        var shape = new AttentionShape(stack.CrossAttention!, 1, sourceLength);
        Tensor k = Project(program, layer, states, ParameterNames.CrossKey);
        Append(program, k, rows, SourceCache(layer, "cross_attention.cached_keys", CachePart.Keys, sourceLength), CachePart.Keys, shape, sourceLength);
        Tensor v = Project(program, layer, states, ParameterNames.CrossValue);
        Append(program, v, rows, SourceCache(layer, "cross_attention.cached_values", CachePart.Values, sourceLength), CachePart.Values, shape, sourceLength);
    }

    private static Tensor Append(ProgramGraph program, Tensor x, Tensor rows, Tensor cache, CachePart part, AttentionShape shape, int length) =>
        program.Add(new AppendToCache(x, rows, cache, part, shape, length));

    private Tensor SourceCache(int layer, string name, CachePart part, int length) => Cache(layer, name, part, CacheOwner.Source, stack.CrossAttention!, length);

    private Tensor Cache(int layer, string part, CachePart kind, CacheOwner owner, AttentionSpec spec, int length)
    {
        string name = names.Module(layer, part);
        StateSlot? slot = graph.States.Find(s => s.Name == name);
        if (slot is null)
        {
            var cache = new CacheSlot(kind, owner, spec.KeyValueHeads, KeyValueCache.HeadDim(spec, kind), length);
            slot = new StateSlot(name, KeyValueCache.Floats(spec, length, kind)) { Cache = cache };
            graph.States.Add(slot);
        }
        return slot.Initial(new Shape(spec.KeyValueHeads, length, KeyValueCache.HeadDim(spec, kind)));
    }

    private Tensor Project(ProgramGraph program, int layer, Tensor x, string module) => graph.Project(program, x, names.Module(layer, module));
}
