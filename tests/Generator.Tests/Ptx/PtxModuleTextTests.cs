using Transformer.Compiled.Ptx;
using VerifyXunit;

namespace Generator.Tests.Ptx;

/// <summary>Whole modules of models as small as they come: each kernel once, in the order of their names. Those of trainers are long; their launchers list the kernels with shapes and launches.</summary>
public sealed class PtxModuleTextTests
{
    [Fact]
    public Task DecodersSession() => Verify(
        nameof(DecodersSession),
        """
        [Transformer(VocabularySize = 12, ContextLength = 8, DModel = 8, Heads = 2, Layers = 1, Activation = Activation.Relu, Biases = false),
         Inference(PrefillChunk = 4)]
        """,
        "CudaSession");

    [Fact]
    public Task Encoder() => Verify(
        nameof(Encoder),
        """
        [Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = 12, ContextLength = 8, DModel = 8, Heads = 2, Layers = 1, Activation = Activation.Relu,
            Head = HeadKind.SequenceClassification, Labels = 3)]
        """,
        "CudaEncoder");

    private static async Task Verify(string name, string attributes, string type)
    {
        string module = Modules.Of(attributes)[type];
        PtxValidator.Validate(PtxModule.Parse(module));
        await Verifier.Verify(module, "ptx").UseDirectory("Snapshots").UseMethodName(name);
    }
}
