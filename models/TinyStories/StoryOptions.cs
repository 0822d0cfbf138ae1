using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Models;

/// <summary>What the command line asks for.</summary>
internal sealed record StoryOptions(string Model, string Prompt, Sampler Sampler, GenerationOptions Generation, bool ShowsTiming)
{
    private const ulong FirstSeed = 0;
    private const int DefaultTokens = 256;

    public static StoryOptions From(CommandLine arguments) => new(
        arguments.RequiredText("--model"),
        arguments.Text("--prompt") ?? "",
        Sampling(arguments),
        new GenerationOptions { NewTokens = arguments.Number("--tokens", DefaultTokens, least: 0) },
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
