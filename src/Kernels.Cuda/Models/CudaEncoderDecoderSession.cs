using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

/// <summary>The plumbing of a generated session with an encoder on a device.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaEncoderDecoderSession : EncoderDecoderSession
{
    private readonly CudaSizes _sizes;
    private readonly CudaContext? _context;
    private DecoderDevice? _device;

    /// <inheritdoc cref="CudaDecoderSession(ModelWeights, DecoderShape, CudaSizes, CudaContext?)"/>
    protected CudaEncoderDecoderSession(ModelWeights weights, DecoderShape shape, CudaSizes sizes, CudaContext? context)
        : base(weights, shape, team: null) => (_sizes, _context) = (sizes, context);

    private DecoderDevice Device => _device!;

    /// <inheritdoc cref="CudaDecoderSession.CreateLauncher"/>
    protected abstract DecoderLauncher CreateLauncher(LauncherPlaces places);

    /// <inheritdoc/>
    protected sealed override void EncodeSource(int rows) => Device.Encode(PointedRow, rows);

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

    private protected sealed override void CopySourceState(int source, int destination, int length)
    {
        Device.CopyCaches(RegionsOfSources, source, destination);
        Device.ChangeMasks();
    }

    private protected sealed override void Prepare() => _device = new DecoderDevice(Host, HeldWeights, _sizes, _context, CreateLauncher);

    private protected sealed override void Release() => _device?.Dispose();
}
