using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Generation;

/// <summary>
/// An encoder–decoder whose logits are an arbitrary but fixed function of the source's tokens that are seen and of all tokens so far. It keeps
/// both in caches with the layout of real ones, writes a token into every element of its position, and reads all of them.
/// </summary>
internal sealed unsafe class SourceTableSession : EncoderDecoderSession
{
    public const int SourceRoom = 21;

    private const int Heads = 2, KeyDim = 3, ValueDim = 18;

    private readonly CacheRegion[] _caches;
    private readonly int _stateFloats;

    public SourceTableSession(ModelWeights weights, int vocabulary, int context, int batch)
        : this(weights, ShapeOf(vocabulary, context, batch))
    {
    }

    public SourceTableSession(ModelWeights weights, DecoderShape shape)
        : base(weights, shape, team: null)
    {
        _caches = [.. shape.Caches!, .. shape.SourceCaches!];
        _stateFloats = (int)shape.StateFloatsPerSlot;
        Initialize();
    }

    /// <summary>How often the encoder ran.</summary>
    public int Passes { get; private set; }

    public Exception? Failure { get; set; }


    /// <summary>All of a row's state.</summary>
    public Span<float> StateOfRow(int row) => new(StateOf(row).Value, _stateFloats);

    /// <summary>The seed of the table for a source of which these tokens are seen: logits are <see cref="TableSession.LogitsAfter"/>'s.</summary>
    public static uint SeedOf(ReadOnlySpan<int> seen)
    {
        uint seed = 77;
        foreach (int token in seen) seed = (seed * 31) + (uint)token + 1;
        return seed;
    }

    public static DecoderShape ShapeOf(int vocabulary, int context, int batch)
    {
        nint offset = 0;
        CacheRegion sourceKeys = Region(CachePart.Keys, KeyDim, SourceRoom);
        CacheRegion keys = Region(CachePart.Keys, KeyDim, context);
        CacheRegion values = Region(CachePart.Values, ValueDim, context);
        CacheRegion sourceValues = Region(CachePart.Values, ValueDim, SourceRoom);
        return new DecoderShape(vocabulary, context, batch, PrefillChunk: 4, ActivationFloats: 1, StateFloatsPerSlot: offset, TableFloats: 1)
        {
            Caches = [keys, values],
            SourceCaches = [sourceKeys, sourceValues],
            SourceVocabularySize = 30,
            SourceLength = SourceRoom,
        };

        CacheRegion Region(CachePart part, int dim, int positions)
        {
            var region = new CacheRegion(part, offset, Heads, dim, positions);
            offset += KeyValueCache.Floats(Heads, dim, positions);
            return region;
        }
    }

    protected override void FillTables()
    {
    }

    protected override void EncodeSource(int rows)
    {
        Passes++;
        for (int i = 0; i < rows; i++)
        {
            Store(State, 2, SourcePositions.Value[i], Sources.Value[i]);
            Store(State, 3, SourcePositions.Value[i], Sources.Value[i]);
            if (Failure is not null) throw Failure;
        }
    }

    protected override void PrefillLayers(int rows)
    {
        for (int i = 0; i < rows; i++) Append(State, Positions.Value[i], Tokens.Value[i]);
    }

    protected override void LastLogits(int row) => Write(State, SourceMask, Positions.Value[row], NextLogits);

    protected override void ChunkLogits(int rows, Pointer<float> logits)
    {
        for (int i = 0; i < rows; i++) Write(State, SourceMask, Positions.Value[i], logits + i * VocabularySize);
    }

    protected override void DecodeStep()
    {
        for (int row = 0; row < Batch; row++)
        {
            Pointer<float> state = State + row * SlotStride;
            Append(state, Positions.Value[row], Tokens.Value[row]);
            Write(state, SourceMask + row * SourceLength, Positions.Value[row], NextLogits + row * VocabularySize);
        }
    }

    private void Append(Pointer<float> state, int position, int token)
    {
        Store(state, 0, position, token);
        Store(state, 1, position, token);
    }

    private void Write(Pointer<float> state, Pointer<int> mask, int position, Pointer<float> logits)
    {
        Span<int> seen = stackalloc int[SourceLength];
        int count = 0;
        for (int i = 0; i < SourceLength; i++)
        {
            if (mask.Value[i] != 0) seen[count++] = Load(state, 2, i);
        }

        Span<float> history = stackalloc float[position + 1];
        for (int i = 0; i <= position; i++) history[i] = Load(state, 0, i);
        TableSession.LogitsAfter(SeedOf(seen[..count]), history, new Span<float>(logits.Value, VocabularySize));
    }

    private void Store(Pointer<float> state, int cache, int position, int token)
    {
        CacheRegion region = _caches[cache];
        for (int head = 0; head < region.Heads; head++)
        {
            for (int n = 0; n < region.HeadDim; n++) state.Value[Element(region, head, position, n)] = token;
        }
    }

    /// <summary>The token at a position, which keys and values have to agree on in all elements.</summary>
    private int Load(Pointer<float> state, int cache, int position)
    {
        float token = state.Value[Element(_caches[cache], 0, position, 0)];
        foreach (CacheRegion region in _caches.AsSpan(cache, 2))
        {
            for (int head = 0; head < region.Heads; head++)
            {
                for (int n = 0; n < region.HeadDim; n++)
                {
                    if (state.Value[Element(region, head, position, n)] != token) throw new InvalidOperationException("A cache is torn.");
                }
            }
        }

        return (int)token;
    }

    /// <summary>As the comment at the top of <see cref="KeyValueCache"/> has it.</summary>
    private static nint Element(CacheRegion region, int head, int position, int n)
    {
        nint perHead = KeyValueCache.Floats(1, region.HeadDim, region.Context);
        nint inHead = region.Part == CachePart.Keys
            ? ((nint)(position / 16) * region.HeadDim + n) * 16 + position % 16
            : ((nint)(n / 16) * ((region.Context + 15) / 16 * 16) + position) * 16 + n % 16;
        return region.Offset + head * perHead + inHead;
    }
}
