using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

/// <summary>The plumbing of a generated decoder-only session on a device.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaDecoderSession : DecoderSession
{
    private readonly CudaSizes _sizes;
    private readonly CudaContext? _context;
    private DecoderDevice? _device;

    /// <summary>Takes the host's memory. A derived constructor ends with <see cref="ModelSession.Initialize"/>, which takes the device's.</summary>
    /// <param name="weights">Held for reading until the session is disposed; all sessions of a context share one copy of them on the device.</param>
    /// <param name="shape">The sizes of the generated programs.</param>
    /// <param name="sizes">What they need on the device.</param>
    /// <param name="context">The device; the first one, in a context of the session's own, when null.</param>
    protected CudaDecoderSession(ModelWeights weights, DecoderShape shape, CudaSizes sizes, CudaContext? context)
        : base(weights, shape, team: null) => (_sizes, _context) = (sizes, context);

    private DecoderDevice Device => _device!;

    /// <summary>Makes the generated launcher.</summary>
    protected abstract DecoderLauncher CreateLauncher(LauncherPlaces places);

    /// <inheritdoc/>
    protected sealed override void PrefillLayers(int rows) => Device.Prefill(PointedRow, rows);

    /// <inheritdoc/>
    protected sealed override void LastLogits(int row) => Device.LastLogits(PointedRow, row);

    /// <inheritdoc/>
    protected sealed override void ChunkLogits(int rows, Pointer<float> logits) => Device.ChunkLogits(PointedRow, rows, logits);

    /// <inheritdoc/>
    protected sealed override void DecodeStep() => Device.Decode();

    private protected sealed override void BringLogits(int slot) => Device.BringLogits(slot);

    private protected sealed override int Draw(Sampler sampler) => Device.Draw(sampler, HistoryOf(0));

    private protected sealed override void CopyState(int source, int destination, int length)
    {
        Device.CopyCaches(RegionsOfTokens, source, destination);
        Device.CopyHistory(source, destination);
    }

    private protected sealed override void Prepare() => _device = new DecoderDevice(Host, HeldWeights, _sizes, _context, CreateLauncher);

    private protected sealed override void Release() => _device?.Dispose();
}
