using System.Text.Json;

namespace Models.Tests;

/// <summary>A story of the TinyStories model on which two other implementations agree: the prompt's tokens, then those taken greedily.</summary>
internal sealed record GoldenStory(string Prompt, int[] PromptTokens, int[] Tokens, string Text)
{
    /// <summary>Reads <c>golden.json</c> of the model's folder.</summary>
    public static IReadOnlyList<GoldenStory> ReadAll(string folder)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(Read)];
    }

    private static GoldenStory Read(JsonElement story) => new(
        story.GetProperty("prompt").GetString()!,
        Integers(story.GetProperty("prompt_ids")),
        Integers(story.GetProperty("ids")),
        story.GetProperty("text").GetString()!);

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
