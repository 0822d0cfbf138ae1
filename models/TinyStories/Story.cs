using System.Diagnostics;
using System.Text;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>Writes the prompt and what follows it to standard output as it comes, and the measurements to standard error.</summary>
internal static class Story
{
    /// <param name="options">What to tell.</param>
    /// <param name="entered">The timestamp at the program's entry.</param>
    public static int Tell(StoryOptions options, long entered)
    {
        using Stream output = Console.OpenStandardOutput();
        using var weights = Stories260K.Weights.Load(options.Model);
        using var session = new Stories260K.Session(weights);
        ITokenizer tokenizer = Tokenizer.Load(options.Model);
        TimeSpan loaded = Stopwatch.GetElapsedTime(entered);

        Write(output, options.Prompt);
        int[] prompt = tokenizer.Encode(options.Prompt);
        var text = new TextStream(tokenizer);
        foreach (int token in prompt) text.Append(token);

        int count = 0;
        TimeSpan first = default;
        TimeSpan sinceStart = default;
        foreach (int token in session.Generate(prompt, options.Sampler, options.Generation))
        {
            Write(output, text.Append(token));
            if (count++ > 0) continue;
            first = Stopwatch.GetElapsedTime(entered);
            if (options.ShowsTiming) sinceStart = DateTime.Now - Process.GetCurrentProcess().StartTime;
        }

        TimeSpan all = Stopwatch.GetElapsedTime(entered);
        Write(output, text.Complete() + "\n");
        Report($"loaded in {loaded.TotalMilliseconds:F1} ms");
        if (count > 1) Report($"{count} tokens, {(count - 1) / (all - first).TotalSeconds:F0} a second after the first");
        if (options.ShowsTiming && count > 0)
            Report($"first token {first.TotalMilliseconds:F1} ms after the program was entered, {sinceStart.TotalMilliseconds:F0} ms after the process began (as the system counts)");
        return 0;
    }

    private static void Write(Stream output, string text)
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        output.Flush();
    }

    private static void Report(FormattableString line) => Console.Error.WriteLine(FormattableString.Invariant(line));
}
