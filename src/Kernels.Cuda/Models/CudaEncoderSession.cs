using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// The plumbing of a generated encoder on a device. A pass is recorded once and replayed; results stay on the device until somebody reads them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaEncoderSession : EncoderSession
{
    /// <summary>How many passes may be on their way at once.</summary>
    private const int Passes = 2;

    private readonly CudaSizes _sizes;
    private readonly CudaContext? _context;
    private readonly ResourceStack _resources = new();
    private readonly HashSet<(nint Offset, int Count)> _brought = [];
    private EncoderHost? _host;
    private CudaStream? _stream;
    private CudaControlBlock? _control;
    private PinnedRing? _inputs;
    private CudaProgram? _encode;
    private CudaPointer _tokens, _outputs;

    /// <summary>Takes the host's memory. A derived constructor ends with <see cref="ModelSession.Initialize"/>, which takes the device's.</summary>
    /// <param name="weights">Held for reading until the encoder is disposed; all sessions of a context share one copy of them on the device.</param>
    /// <param name="shape">The sizes of the generated program.</param>
    /// <param name="sizes">What it needs on the device.</param>
    /// <param name="context">The device; the first one, in a context of the encoder's own, when null.</param>
    protected CudaEncoderSession(ModelWeights weights, EncoderShape shape, CudaSizes sizes, CudaContext? context)
        : base(weights, shape, team: null) => (_sizes, _context) = (sizes, context);

    /// <summary>Makes the generated launcher.</summary>
    protected abstract EncoderLauncher CreateLauncher(LauncherPlaces places);

    /// <inheritdoc/>
    protected sealed override void EncodeLayers(int rows)
    {
        _brought.Clear();
        _inputs!.Send(_stream!, _host!.Inputs, _tokens);
        _control!.Rows = rows;
        _encode!.Run();
    }

    private protected sealed override void BringOutput(Pointer<float> output, int count)
    {
        nint offset = _host!.OffsetOf(output);
        if (_brought.Add((offset, count))) _stream!.Download(_outputs + (long)offset * sizeof(float), output, count);
    }

    private protected sealed override void Prepare()
    {
        EncoderHost host = _host = Host;
        _stream = _resources.Take(new DeviceStream(_context)).Stream;
        var places = new LauncherPlaces(_stream, _resources) { LayerBytes = (long)host.LayerStride * sizeof(float) };
        DeviceArena arena = new DeviceArena()
            .With(CudaLauncher.ControlPlace, CudaControlBlock.BytesOf(0) / sizeof(float))
            .With("inputs", host.InputCount)
            .With(CudaLauncher.TablesPlace, host.Shape.TableFloats)
            .With(EncoderLauncher.HiddenPlace, host.OutputCount)
            .With(CudaLauncher.ActivationsPlace, _sizes.ActivationFloats)
            .With(CudaLauncher.WorkspacePlace, _sizes.WorkspaceFloats)
            .With(CudaLauncher.RoundedFactorsPlace, _sizes.RoundedFactorFloats);
        _resources.Take(arena.Allocate(places));
        _tokens = places["inputs"];
        _outputs = places[EncoderLauncher.HiddenPlace];
        foreach ((string name, nint offset) in host.InputOffsets()) places[name] = _tokens + (long)offset * sizeof(float);
        (nint layers, nint pooled, nint logits) = host.OutputOffsets;
        places[EncoderLauncher.LayersPlace] = _outputs + (long)layers * sizeof(float);
        places[EncoderLauncher.PooledPlace] = _outputs + (long)pooled * sizeof(float);
        places[EncoderLauncher.LogitsPlace] = _outputs + (long)logits * sizeof(float);
        DeviceWeights copy = DeviceWeights.Acquire(_stream, HeldWeights, _sizes.RoundedWeightFloats);
        _resources.Take(copy.Release);
        places[CudaLauncher.WeightsPlace] = copy.Pointer;
        places[CudaLauncher.RoundedWeightsPlace] = copy.Rounded;
        _control = _resources.Take(new CudaControlBlock(places[CudaLauncher.ControlPlace], rows: 0));
        _inputs = _resources.Take(new PinnedRing(_stream.Context, (long)host.InputCount * sizeof(float), Passes));
        if (host.Shape.TableFloats > 0) _stream.Upload(host.Tables, host.Shape.TableFloats, places[CudaLauncher.TablesPlace]);
        EncoderLauncher launcher = CreateLauncher(places);
        copy.Round(_stream, launcher.LaunchRounding);
        _encode = _resources.Take(new CudaProgram(_stream, _control, _ => launcher.LaunchEncode()));
    }

    private protected sealed override void Release() => _resources.Dispose();
}
