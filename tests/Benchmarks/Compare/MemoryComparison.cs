using System.Diagnostics;
using System.Globalization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// The most memory that training takes, beside PyTorch's: each in a process of its own that holds weights, gradients, moments and activations,
/// and the run time and libraries themselves, after some steps.
/// </summary>
internal sealed class MemoryComparison : IComparison
{
    private const int StepsBeyondTheFirst = 2;

    public string Name => "memory";

    public void Run(CompareContext context)
    {
        Measure(context, TrainingWork.Small, goal: 2);
        Measure(context, TrainingWork.Gpt2, goal: 4.0 / 3);
    }

    private static void Measure(CompareContext context, TrainingWork work, double goal)
    {
        using SteppingProgram? there = TorchPeer.TryStart(context, work, TorchAllocator.AsInstalled);
        if (there is null) return;
        using SteppingProgram here = Here(work, context.Threads);
        double[] losses = TrainingComparison.FirstLosses(() => here.Step().Loss);
        TrainingComparison.Check(work, losses, "PyTorch", () => there.Step().Loss);
        for (int step = 0; step < StepsBeyondTheFirst; step++)
        {
            here.Step();
            there.Step();
        }
        context.Add($"peak memory of training, {work.Description}", "PyTorch eager", here.PeakMegabytes(), there.PeakMegabytes(), "MB", goal);
    }

    /// <summary>This program once more, as <see cref="TrainingSteps.Serve"/>.</summary>
    private static SteppingProgram Here(TrainingWork work, int threads)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        ProcessStartInfo start = new(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(MemoryComparison).Assembly.Location);
        foreach (string argument in new[] { "training-steps", "--work", work.Name, "--threads", threads.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        return SteppingProgram.TryStart(start) ?? throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} ended before it was ready.");
    }
}
