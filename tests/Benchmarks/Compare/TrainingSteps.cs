using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>This project's side of a training comparison: steps on one batch.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private readonly ModelWeights _weights;
    private readonly ILanguageModelTrainer _trainer;
    private readonly int[] _text;

    public TrainingSteps(TrainingWork work, ComputeTeam team)
    {
        _weights = work.Initialize();
        _trainer = work.Train(_weights, team);
        _text = work.Text;
        if (_trainer.BatchSize != work.Batch || _trainer.SequenceLength != work.Sequence)
            throw new InvalidOperationException($"{work.Name} trains {_trainer.BatchSize} x {_trainer.SequenceLength} tokens; the peers would train {work.Batch} x {work.Sequence}.");
    }

    /// <summary>A process of its own answers each line "step" with the milliseconds that it took and the loss, for who measures it from outside.</summary>
    public static void Serve(Options options)
    {
        options.Expect("--work", "--threads");
        using ComputeTeam team = new(options.Number("--threads", Environment.ProcessorCount));
        using TrainingSteps steps = new(TrainingWork.Named(options.Text("--work", TrainingWork.Small.Name)), team);
        Console.WriteLine($"{team.Threads} threads");
        while (Console.ReadLine() is not null)
        {
            long start = Stopwatch.GetTimestamp();
            float loss = steps.Step();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F4} {loss:F6}"));
        }
    }

    /// <summary>The loss before the step.</summary>
    public float Step() => _trainer.Step(_text.AsSpan(0, _text.Length - 1), _text.AsSpan(1));

    public void Dispose()
    {
        _trainer.Dispose();
        _weights.Dispose();
    }
}
