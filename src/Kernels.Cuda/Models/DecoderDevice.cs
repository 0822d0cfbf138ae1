using System.Runtime.InteropServices;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// What a session has on the device: weights, caches, scratch and logits of its rows. Prompts are launched kernel by kernel, a decoding step is
/// recorded once and replayed. Logits stay where they are until somebody reads them.
/// </summary>
internal sealed unsafe class DecoderDevice : IDisposable
{
    /// <summary>How many steps may be on their way at once.</summary>
    private const int Steps = 4;

    private readonly DecoderShape _shape;
    private readonly DecoderHost _host;
    private readonly ResourceStack _resources = new();
    private readonly DeviceStream _stream;
    private readonly CudaControlBlock _control;
    private readonly PinnedRing _inputs;
    private readonly DecoderLauncher _launcher;
    private readonly CudaProgram _decode, _sample;
    private readonly CudaHostMemory _drawn;
    private readonly CudaPointer _state, _logits, _tokens, _history, _masks;
    private readonly long _slotBytes;
    private readonly bool[] _isElsewhere;
    private CudaMemory? _chunkLogits;
    private bool _masksChanged = true;

    /// <param name="host">The session's memory on the host.</param>
    /// <param name="weights">Held by the session.</param>
    /// <param name="sizes">What the programs need.</param>
    /// <param name="context">The device; the first one when null.</param>
    /// <param name="launcherOf">Makes the generated launcher.</param>
    public DecoderDevice(DecoderHost host, ModelWeights weights, in CudaSizes sizes, CudaContext? context, Func<LauncherPlaces, DecoderLauncher> launcherOf)
    {
        _host = host;
        DecoderShape shape = _shape = host.Shape;
        _slotBytes = (long)sizes.StateFloats * sizeof(float);
        _isElsewhere = new bool[shape.Slots];
        try
        {
            CudaStream stream = _resources.Take(_stream = new DeviceStream(context)).Stream;
            var places = new LauncherPlaces(stream, _resources);
            _resources.Take(Arena(shape, host, sizes).Allocate(places));
            _tokens = places[DecoderLauncher.TokensPlace];
            places[DecoderLauncher.PositionsPlace] = _tokens + (long)host.PositionsOffset * sizeof(int);
            _state = places[DecoderLauncher.StatePlace];
            _logits = places[DecoderLauncher.LogitsPlace];
            _history = places[DecoderLauncher.HistoryPlace];
            _masks = places[DecoderLauncher.SourceMaskPlace];
            DeviceWeights copy = DeviceWeights.Acquire(stream, weights, sizes.RoundedWeightFloats);
            _resources.Take(copy.Release);
            places[CudaLauncher.WeightsPlace] = copy.Pointer;
            places[CudaLauncher.RoundedWeightsPlace] = copy.Rounded;
            _control = _resources.Take(new CudaControlBlock(places[CudaLauncher.ControlPlace], shape.Batch));
            _inputs = _resources.Take(new PinnedRing(stream.Context, (long)host.InputCount * sizeof(int), Steps));
            if (shape.TableFloats > 0) stream.Upload(host.Tables, shape.TableFloats, places[CudaLauncher.TablesPlace]);
            if (shape.SourceLength > 0) stream.Upload(host.SourcePositions, places[DecoderLauncher.SourcePositionsPlace]);
            _launcher = launcherOf(places);
            copy.Round(stream, _launcher.LaunchRounding);
            _decode = _resources.Take(new CudaProgram(stream, _control, _ =>
            {
                _launcher.LaunchFeed();
                _launcher.LaunchDecode();
            }));
            _drawn = _resources.Take(new CudaHostMemory(stream.Context, sizeof(int)));
            CudaPointer drawn = places[DecoderLauncher.DrawnPlace];
            _sample = _resources.Take(new CudaProgram(stream, _control, record =>
            {
                _launcher.LaunchSample();
                record.CopyToHost(drawn, _drawn, 0, sizeof(int));
            }));
        }
        catch
        {
            _resources.Dispose();
            throw;
        }
    }

    private CudaStream Stream => _stream.Stream;

    /// <summary>The first <paramref name="rows"/> tokens of a chunk, all of one slot.</summary>
    public void Prefill(int slot, int rows)
    {
        _launcher.State = StateOf(slot);
        _launcher.NextLogits = LogitsOf(slot);
        SendMasks();
        if (_shape.SourceLength > 0) _launcher.SourceMask = MaskOf(slot);
        _inputs.Send(Stream, MemoryMarshal.AsBytes(_host.Inputs), _tokens);
        Stream.CopyOnDevice(_tokens, HistoryOf(slot) + (long)_host.Position(0) * sizeof(int), (long)rows * sizeof(int));
        _control.Rows = rows;
        _control.SelectedRow = rows - 1;
        _control.Send(Stream);
        _launcher.LaunchPrefill();
    }

    /// <summary>The logits of a row of the chunk, which are those of its slot.</summary>
    public void LastLogits(int slot, int row)
    {
        if (_control.SelectedRow != row)
        {
            _control.SelectedRow = row;
            _control.Send(Stream);
        }

        _launcher.LaunchLastLogits();
        _isElsewhere[slot] = true;
    }

    /// <summary>The logits of all rows of the chunk, to the host, where those of the last one are the slot's.</summary>
    public void ChunkLogits(int slot, int rows, Pointer<float> logits)
    {
        _chunkLogits ??= _resources.Take(new CudaMemory(Stream.Context, (long)_shape.PrefillChunk * _shape.VocabularySize * sizeof(float)));
        _launcher.ChunkLogits = _chunkLogits.Pointer;
        _launcher.LaunchChunkLogits();
        Stream.Download(_chunkLogits.Pointer, logits, (nint)rows * _shape.VocabularySize);
        _isElsewhere[slot] = false;
    }

    /// <summary>A token for each slot. The host does not wait.</summary>
    public void Decode()
    {
        SendMasks();
        for (int row = 0; row < _shape.Batch; row++)
        {
            int position = _host.Position(row);
            _control.SetRow(row, position, _host.Token(row), position + 1);
        }

        _control.Rows = _shape.Batch;
        _decode.Run();
        _isElsewhere.AsSpan(0, _shape.Batch).Fill(true);
    }

    /// <summary>Draws from the logits of the first row, after <see cref="Decode"/>: four bytes go to the host, which waits for them.</summary>
    /// <param name="sampler">How; its numbers are consumed as on the CPU.</param>
    /// <param name="history">The tokens so far.</param>
    /// <exception cref="ArgumentException">No token can be drawn.</exception>
    public int Draw(Sampler sampler, ReadOnlySpan<int> history)
    {
        _control.SetSampler(sampler);
        _sample.Run();
        Stream.Synchronize();
        int token = _drawn.Span<int>(0, 1)[0];
        if (token >= 0) return sampler.Accept(token);

        // The sampler says why there is none.
        BringLogits(0);
        return sampler.Sample(_host.LogitsSpan(0), history);
    }

    /// <summary>The source of a slot, whose tokens and mask are on the host.</summary>
    public void Encode(int slot, int rows)
    {
        _masksChanged = true;
        SendMasks();
        _launcher.State = StateOf(slot);
        _launcher.SourceMask = MaskOf(slot);
        Stream.Upload(_host.SourceOf(slot), _launcher.Sources);
        _control.Rows = rows;
        _control.Send(Stream);
        _launcher.LaunchEncode();
    }

    /// <summary>Copies the logits of a slot to the host, where they are not there yet.</summary>
    public void BringLogits(int slot)
    {
        if (!_isElsewhere[slot]) return;
        _isElsewhere[slot] = false;
        Stream.Download(LogitsOf(slot), _host.LogitsOf(slot), _shape.VocabularySize);
    }

    /// <summary>Copies the tokens of a slot's cache to another one.</summary>
    public void CopyHistory(int source, int destination) => Stream.CopyOnDevice(HistoryOf(source), HistoryOf(destination), (long)_shape.ContextLength * sizeof(int));

    /// <summary>Copies caches from one slot to another: whole ones, as one copy costs more by its call than by its length.</summary>
    public void CopyCaches(ReadOnlySpan<CacheRegion> caches, int source, int destination)
    {
        foreach (CacheRegion cache in caches)
        {
            long offset = (long)cache.Offset * sizeof(float), bytes = (long)cache.Heads * cache.HeadDim * cache.Context * sizeof(float);
            Stream.CopyOnDevice(StateOf(source) + offset, StateOf(destination) + offset, bytes);
        }
    }

    /// <summary>Notes that the host has changed masks of sources.</summary>
    public void ChangeMasks() => _masksChanged = true;

    public void Dispose() => _resources.Dispose();

    private static DeviceArena Arena(in DecoderShape shape, DecoderHost host, in CudaSizes sizes) => new DeviceArena()
        .With(CudaLauncher.ControlPlace, CudaControlBlock.BytesOf(shape.Batch) / sizeof(float))
        .With(DecoderLauncher.TokensPlace, host.InputCount)
        .With(CudaLauncher.TablesPlace, shape.TableFloats)
        .With(DecoderLauncher.StatePlace, checked(sizes.StateFloats * shape.Slots))
        .With(DecoderLauncher.LogitsPlace, checked((nint)shape.Batch * shape.VocabularySize))
        .With(DecoderLauncher.HistoryPlace, (nint)shape.Slots * shape.ContextLength)
        .With(DecoderLauncher.DrawnPlace, shape.Batch)
        .With(DecoderLauncher.OrdersPlace, sizes.SampleWords)
        .With(DecoderLauncher.SourcesPlace, shape.SourceLength)
        .With(DecoderLauncher.SourcePositionsPlace, shape.SourceLength)
        .With(DecoderLauncher.SourceMaskPlace, (nint)shape.Slots * shape.SourceLength)
        .With(CudaLauncher.ActivationsPlace, sizes.ActivationFloats)
        .With(CudaLauncher.WorkspacePlace, sizes.WorkspaceFloats)
        .With(CudaLauncher.RoundedFactorsPlace, sizes.RoundedFactorFloats);

    private CudaPointer StateOf(int slot) => _state + slot * _slotBytes;

    private CudaPointer LogitsOf(int slot) => _logits + (long)slot * _shape.VocabularySize * sizeof(float);

    private CudaPointer HistoryOf(int slot) => _history + (long)slot * _shape.ContextLength * sizeof(int);

    private CudaPointer MaskOf(int slot) => _masks + (long)slot * _shape.SourceLength * sizeof(int);

    private void SendMasks()
    {
        if (_shape.SourceLength == 0 || !_masksChanged) return;
        Stream.Upload(_host.Masks, _masks);
        _masksChanged = false;
    }
}
