using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks;

/// <summary>A training step of <see cref="SmallGpt"/> beside PyTorch's, with the same weights and tokens, step by step in turn.</summary>
internal static class TrainReport
{
    private const int WarmUps = 3;

    public static void Run(ComputeTeam team, TimeSpan duration, string python)
    {
        string path = Path.Combine(Path.GetTempPath(), $"benchmark-{Environment.ProcessId}.safetensors");
        using SmallGpt.Weights weights = SmallGpt.Weights.Initialize(1);
        weights.Save(path);
        using var trainer = new SmallGpt.Trainer(
            weights, new AdamW { LearningRate = 1e-3, Beta2 = 0.99, WeightDecay = 0.1, ClipNorm = 1 }, new TrainerOptions { Team = team });
        int[] inputs = [.. Enumerable.Range(0, trainer.BatchSize * trainer.SequenceLength).Select(i => i * 7 % SmallGpt.VocabularySize)];
        int[] targets = [.. Enumerable.Range(0, inputs.Length).Select(i => i * 11 % SmallGpt.VocabularySize)];

        using TorchPeer? torch = TorchPeer.TryStart(python, path, team.Threads, $"6 {SmallGpt.Layers} {trainer.BatchSize} {trainer.SequenceLength} {SmallGpt.VocabularySize}");
        var ours = new List<double>();
        var theirs = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < WarmUps + 5 || Stopwatch.GetElapsedTime(begin) < duration; round++)
        {
            long start = Stopwatch.GetTimestamp();
            double loss = trainer.Step(inputs, targets);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            (double Milliseconds, double Loss)? peer = torch?.Step();
            if (round < WarmUps && peer is { } step && Math.Abs(step.Loss - loss) > 1e-3 * loss)
                throw new InvalidOperationException($"The two do not compute the same: loss {loss} here, {step.Loss} in PyTorch.");
            if (round < WarmUps) continue;
            ours.Add(milliseconds);
            if (peer is { } timed) theirs.Add(timed.Milliseconds);
        }
        File.Delete(path);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training step, d 384, 6 heads, 6 layers, T 256, V 65, B 4; {team.Threads} thread(s); medians of {ours.Count}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  this project {Median(ours):F1} ms (best {ours.Min():F1})"));
        if (torch is null) return;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  PyTorch eager {Median(theirs):F1} ms (best {theirs.Min():F1}): {torch.Description}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio {Median(theirs) / Median(ours):F2} (above 1: this project is faster)"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
