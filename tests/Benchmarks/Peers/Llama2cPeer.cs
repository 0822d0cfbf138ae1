using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Benchmarks.Compare;

namespace Transformer.Compiled.Benchmarks;

/// <summary>llama2.c's `run`, which generates from one start token at temperature 0.</summary>
internal sealed class Llama2cPeer
{
    public const string Name = "llama2.c";

    private const string Rate = "achieved tok/s: ";

    private readonly string _program;
    private readonly int _threads;

    private Llama2cPeer(string program, int threads) => (_program, _threads) = (program, threads);

    /// <summary>Finds it, or says why it is missing.</summary>
    public static Llama2cPeer? TryFind(CompareContext context)
    {
        if (context.Options.Text("--llama2c") is not { } program)
            context.Missing(Name, "name its run with --llama2c PATH (gcc -Ofast -march=native -fopenmp run.c -lm -o run)");
        else if (!File.Exists(program))
            context.Missing(Name, $"there is no {program}");
        else
        {
            context.Found(Name, $"{program}, OMP_NUM_THREADS as threads here, its own tok/s (greedy, from the second token on)");
            return new Llama2cPeer(program, context.Threads);
        }
        return null;
    }

    /// <summary>The tokens that follow the start token.</summary>
    /// <param name="checkpoint">A model.</param>
    /// <param name="numbers">A vocabulary of numbers, as <see cref="Formats.Llama2cWriter.WriteNumbers"/> writes it.</param>
    /// <param name="count">How many.</param>
    public int[] Tokens(string checkpoint, string numbers, int count) =>
        [.. Run(checkpoint, numbers, count).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>Seconds for each token from the second to the last of <paramref name="count"/>.</summary>
    public double SecondsPerToken(string checkpoint, string numbers, int count)
    {
        string errors = Run(checkpoint, numbers, count).Errors;
        int start = errors.IndexOf(Rate, StringComparison.Ordinal);
        if (start < 0) throw new InvalidOperationException($"{_program} did not say its {Rate.Trim()} {errors}");
        return 1 / double.Parse(errors[(start + Rate.Length)..], CultureInfo.InvariantCulture);
    }

    private (string Output, string Errors) Run(string checkpoint, string numbers, int count)
    {
        ProcessStartInfo start = new(_program, [checkpoint, "-z", numbers, "-t", "0", "-n", count.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["OMP_NUM_THREADS"] = _threads.ToString(CultureInfo.InvariantCulture);
        return PeerProcess.Run(start);
    }
}
