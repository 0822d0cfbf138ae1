using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Models.Tests;

/// <summary>A real trained model, from Hugging Face's files, tells the stories that Hugging Face's and llama2.c's implementations tell.</summary>
public sealed partial class StoryTests
{
    public const string Model = "tinystories-260k";
    private const float LogitTolerance = 1e-4f;

    private static string Folder => TestData.PathOf(Model);

    [DataFact(Model)]
    public void PromptsBecomeTheSameTokens()
    {
        ITokenizer tokenizer = Tokenizer.Load(Folder);
        foreach (GoldenStory story in GoldenStory.ReadAll(Folder)) Assert.Equal(story.PromptTokens, tokenizer.Encode(story.Prompt));
    }

    [DataFact(Model)]
    public void PromptLogitsAreTheSame()
    {
        using Stories.Weights weights = Stories.Weights.Load(Folder);
        using var session = new Stories.Session(weights);
        using var expected = SafetensorsFile.Open(Path.Combine(Folder, "golden.safetensors"));
        IReadOnlyList<GoldenStory> stories = GoldenStory.ReadAll(Folder);
        for (int index = 0; index < stories.Count; index++)
        {
            var reference = new float[expected.Tensor($"case{index}.prompt_logits").Count];
            expected.ReadFloat32($"case{index}.prompt_logits", reference);
            var logits = new float[reference.Length];
            session.Reset();
            session.PrefillLogits(stories[index].PromptTokens, logits);
            for (int i = 0; i < logits.Length; i++)
                Assert.True(Math.Abs(reference[i] - logits[i]) <= LogitTolerance, $"Story {index}, logit {i}: expected {reference[i]:R}, found {logits[i]:R}.");
        }
    }

    [DataFact(Model)]
    public void StoriesAreTheSameInTokensAndText()
    {
        ITokenizer tokenizer = Tokenizer.Load(Folder);
        using Stories.Weights weights = Stories.Weights.Load(Folder);
        using var session = new Stories.Session(weights);
        foreach (GoldenStory story in GoldenStory.ReadAll(Folder))
        {
            session.Reset();
            var options = new GenerationOptions { NewTokens = story.Tokens.Length - story.PromptTokens.Length };
            int[] tokens = [.. story.PromptTokens, .. session.Generate(story.PromptTokens, Sampler.Greedy, options)];
            Assert.Equal(story.Tokens, tokens);
            Assert.Equal(story.Text, tokenizer.Decode(tokens));

            session.Reset();
            Assert.Equal(story.Text, story.Prompt + string.Concat(session.GenerateText(tokenizer, story.Prompt, Sampler.Greedy, options)));
        }
    }

    [Transformer("../../models/TinyStories/config.json")]
    private sealed partial class Stories;
}
