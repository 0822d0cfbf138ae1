using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Models;

/// <summary>What the command line asks for.</summary>
internal sealed record StoryOptions(string Model, string Prompt, Sampler Sampler, GenerationOptions Generation, bool ShowsTiming)
{
    private const ulong FirstSeed = 0;
    private const int DefaultTokens = 256;

    /// <summary>A story ends where the training text began another one (1), or ended (2).</summary>
    private static readonly int[] s_ends = [1, 2];

    public static StoryOptions From(CommandLine arguments) => new(
        arguments.RequiredText("--model"),
        arguments.Text("--prompt") ?? "",
        Sampling(arguments),
        new GenerationOptions { NewTokens = arguments.Number("--tokens", DefaultTokens, least: 0), StopTokens = s_ends },
        arguments.Has("--timing"));

    private static Sampler Sampling(CommandLine arguments)
    {
        float topP = arguments.Number("--top-p", 1f, least: 0f);
        if (topP is not (> 0 and <= 1)) throw new CommandLineException("--top-p has to be above 0 and at most 1.");
        float temperature = arguments.Number("--temperature", 0f, least: 0f);
        if (!float.IsFinite(temperature)) throw new CommandLineException("--temperature has to be finite.");
        return new Sampler
        {
            Temperature = temperature,
            TopP = topP,
            Seed = arguments.Number("--seed", FirstSeed, least: FirstSeed),
        };
    }
}
