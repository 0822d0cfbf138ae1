using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>What all programs do around what they are for.</summary>
internal static class CommandLineProgram
{
    /// <summary>Reads the arguments and runs; prints help where it is asked for, and problems to standard error.</summary>
    /// <returns>The exit code: 2 for arguments that do not fit, 1 for another problem.</returns>
    public static int Run(string[] arguments, string summary, CommandOption[] options, Func<CommandLine, int> run)
    {
        try
        {
            if (CommandLine.Parse(arguments, options) is { } line) return run(line);
            Console.Out.Write(CommandLine.Usage(summary, options));
            return 0;
        }
        catch (CommandLineException problem)
        {
            Console.Error.WriteLine($"{problem.Message} --help lists the options.");
            return 2;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or CheckpointException or TokenizerFormatException)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }
}
