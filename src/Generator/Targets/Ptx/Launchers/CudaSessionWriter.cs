using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>The <c>CudaSession</c> class: prefill and decode.</summary>
internal static class CudaSessionWriter
{
    private const string Name = "CudaSession";

    public static CudaClass ClassOf(CSharpPlan plan, InferenceClass inference)
    {
        bool hasSource = plan.Declaration.Spec.Architecture == Architecture.EncoderDecoder;
        ProgramGraph prefill = inference.Program(Programs.Prefill), decode = inference.Program(Programs.Decode);
        List<CudaPhase> phases =
        [
            new(prefill, Programs.PrefillPhase, "LaunchPrefill", "Prefill"),
            new(prefill, Programs.LastLogitsPhase, "LaunchLastLogits", ""),
            new(prefill, Programs.ChunkLogitsPhase, "LaunchChunkLogits", ""),
            new(decode, Programs.DecodePhase, "LaunchDecode", "Decode"),
        ];
        if (hasSource) phases.Insert(0, new(inference.Program(Programs.Encode), Programs.EncodeSourcePhase, "LaunchEncode", "Encode"));
        var sampling = new SamplingShape(Extent.Of(plan.Declaration.Inference.Batch), plan.Declaration.Spec.Main.VocabularySize, plan.Declaration.Spec.Main.ContextLength);
        string what = hasSource ? "encode a source, then decode" : "prefill a prompt, then decode";
        return new CudaClass(
            Name, hasSource ? "CudaEncoderDecoderSession" : "CudaDecoderSession", "DecoderLauncher",
            $"Runs <see cref=\"{plan.Declaration.Name}\"/> on text, on a GPU: {what} token by token.", phases, inference.Floats)
        {
            StateFloats = plan.Storage.StateFloats,
            SampleWords = sampling.WorkspaceWords,
            Steps =
            [
                new("LaunchFeed", SamplingKernels.Feed(sampling), ["Drawn", "Tokens", "Positions", "History", "Control"]),
                new("LaunchSample", SamplingKernels.Sample(sampling), ["NextLogits", "History", "Orders", "Drawn", "Control"]),
            ],
            WriteConstructor = writer => WriteConstructor(writer, Name, "sessions"),
            WriteShape = writer => new SessionWriter(plan, inference).WriteShape(writer, activationFloats: 0, stateFloats: 0),
        };
    }

    /// <summary>The constructor of sessions and encoders.</summary>
    public static void WriteConstructor(CodeWriter writer, string name, string many)
    {
        writer.Line("/// <summary>Holds the weights until it is disposed; allocates all its memory here, on the host and on the device.</summary>");
        writer.Line($"/// <param name=\"weights\">The parameters; many {many} may share them, and those of one context share one copy on the device.</param>");
        writer.Line("/// <param name=\"context\">The device; the first one, in a context of its own, when null.</param>");
        writer.Line("/// <exception cref=\"Cuda::CudaUnavailableException\">There is no device: the message says what was looked for and where.</exception>");
        writer.Line($"public {name}(Weights weights, Cuda::CudaContext? context = null)");
        writer.Continue(": base(weights, s_shape, s_sizes, context) => Initialize();");
    }
}
