using System.Diagnostics;
using Models.Tests;
using Transformer.Compiled.Tests;

namespace NumericSuite;

/// <summary>
/// Runs the published TinyStories and compares what it prints with the recorded stories. Without a prompt the first output is the first token:
/// then it also prints how long that took.
/// </summary>
internal static class StoryProgram
{
    public static void Check(Suite suite, string program)
    {
        string model = TestData.PathOf(StoryTests.Model);
        foreach (GoldenStory story in GoldenStory.ReadAll(model))
        {
            string[] arguments = ["--model", model, "--prompt", story.Prompt, "--tokens", $"{story.Tokens.Length - story.PromptTokens.Length}"];
            suite.Check($"{Path.GetFileName(program)} tells \"{story.Prompt}\"", () =>
            {
                (string text, TimeSpan first) = Run(program, arguments);
                Assert.Equal(story.Text + "\n", text);
                if (story.Prompt.Length > 0) return;
                Console.Out.WriteLine(FormattableString.Invariant($"     {first.TotalMilliseconds:F1} ms from starting the process to its first token"));
            });
        }
    }

    private static (string Text, TimeSpan First) Run(string program, string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        int character = process.StandardOutput.Read();
        TimeSpan first = Stopwatch.GetElapsedTime(start);
        string text = (char)character + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return (text, first);
    }
}
