using Generator.Tests.Harness;
using Generator.Tests.Models;

namespace Generator.Tests.Emission;

public sealed class EncoderEmissionTests
{
    /// <summary>What is emitted for encoders and encoder–decoders compiles without a word.</summary>
    [Fact]
    public void EmittedCodeIsFlawless()
    {
        IEnumerable<string> classes = TinyEncoders.Names.Select((name, i) => $"/// <summary>.</summary>\n{TinyEncoders.Attributes(name)} public partial class Model{i};");
        EmittedCode.Of("namespace Models;\n" + string.Join("\n", classes)).AssertFlawless();
    }
}
