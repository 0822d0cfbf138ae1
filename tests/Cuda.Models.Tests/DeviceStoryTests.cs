using Transformer.Compiled;
using Transformer.Compiled.Cuda.Tests;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Models.Tests;

/// <summary>A real trained model tells on the device the stories that Hugging Face's and llama2.c's implementations tell.</summary>
public sealed partial class DeviceStoryTests
{
    private const string Model = "tinystories-260k";

    [DataFact(Model)]
    public void StoriesAreTheSameInTokensAndText()
    {
        string folder = TestData.PathOf(Model);
        ITokenizer tokenizer = Tokenizer.Load(folder);
        using Stories.Weights weights = Stories.Weights.Load(folder);
        using var session = new Stories.CudaSession(weights, DeviceUnderTest.Context);
        foreach (GoldenStory story in GoldenStory.ReadAll(folder))
        {
            session.Reset();
            var options = new GenerationOptions { NewTokens = story.Tokens.Length - story.PromptTokens.Length };
            int[] tokens = [.. story.PromptTokens, .. session.Generate(story.PromptTokens, Sampler.Greedy, options)];
            Assert.Equal(story.Tokens, tokens);
            Assert.Equal(story.Text, tokenizer.Decode(tokens));
        }
    }

    [Transformer("../../models/TinyStories/config.json")]
    [Cuda]
    private sealed partial class Stories;
}
