namespace Generator.Tests.Documents;

/// <summary>The code of documents compiles with what the generator makes of their declarations.</summary>
public sealed class DocumentCodeTests
{
    private const string Tokens = "private static int[] prompt = [1], source = [1], target = [1], mask = [1], tokens = [1], attentionMask = [1], tokenTypes = [0];\n";

    private const string CharGpt = "[Transformer(VocabularySize = 65, ContextLength = 64, DModel = 32, Heads = 4, Layers = 1)] internal partial class CharGpt;\n";

    [Fact]
    public void TheReadme() => DocumentProgram.Compile("README.md", Tokens + """
        private const int start = 1, end = 2, token = 3;
        private static int[] inputs = [1], targets = [1];
        private static Transformer.Compiled.Generation.Sampler sampler = Transformer.Compiled.Generation.Sampler.Greedy;
        """);

    [Fact]
    public void GettingStarted() => DocumentProgram.Compile("docs/getting-started.md", Tokens + """
        private static (string Text, int Label)[] examples = [];
        private static (int[] Source, int[] Target)[] pairs = [];
        private static (float[] Pixels, int Label)[] pictures = [];
        """);

    [Fact]
    public void Decoding() => DocumentProgram.Compile("docs/decoding.md", Tokens + CharGpt + """
        private const int start = 1, end = 2;
        private static Transformer.Compiled.Tokenization.ITokenizer tokenizer = null!;

        [Transformer(Architecture = Architecture.EncoderDecoder, VocabularySize = 65, ContextLength = 64, DModel = 32, Heads = 4, Layers = 1)]
        internal partial class Translator;

        [Transformer("bert/config.json")]
        internal partial class Bert;
        """);

    [Fact]
    public void Cuda() => DocumentProgram.Compile("docs/cuda.md", Tokens + """
        private const int token = 3;
        private static int[] inputs = [1], targets = [1];
        private static Transformer.Compiled.Generation.Sampler sampler = Transformer.Compiled.Generation.Sampler.Greedy;
        private static Transformer.Compiled.Cuda.CudaDevice device = null!;
        private static string ptx = "";
        """);

    [Fact]
    public void Training() => DocumentProgram.Compile("docs/training.md");

    [Fact]
    public void Families() => DocumentProgram.Compile("docs/families.md");
}
