using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Training steps beside PyTorch's, with the same weights and tokens, step by step in turn.</summary>
internal sealed class TrainingComparison : IComparison
{
    private const int MinimumSteps = 5;

    public string Name => "training";

    public void Run(CompareContext context)
    {
        string path = Path.Combine(context.Folder, "small-gpt.safetensors");
        using SmallGpt.Weights weights = SmallGpt.Weights.Initialize(1);
        weights.Save(path);
        using var trainer = new SmallGpt.Trainer(
            weights, new AdamW { LearningRate = 1e-3, Beta2 = 0.99, WeightDecay = 0.1, ClipNorm = 1 }, new TrainerOptions { Team = context.Team });
        int[] inputs = [.. Enumerable.Range(0, trainer.BatchSize * trainer.SequenceLength).Select(i => i * 7 % SmallGpt.VocabularySize)];
        int[] targets = [.. Enumerable.Range(0, inputs.Length).Select(i => i * 11 % SmallGpt.VocabularySize)];

        using TorchPeer? torch = TorchPeer.TryStart(context, path, $"6 {SmallGpt.Layers} {trainer.BatchSize} {trainer.SequenceLength} {SmallGpt.VocabularySize}");
        if (torch is null) return;
        double loss = 0;
        Timing here = new("step", () => loss = trainer.Step(inputs, targets));
        Timing there = new("PyTorch", () =>
        {
            (double seconds, double theirs) = torch.Step();
            if (here.Runs == 0 && Math.Abs(theirs - loss) > 1e-3 * loss)
                throw new InvalidOperationException($"The two do not compute the same: loss {loss} here, {theirs} in PyTorch.");
            return seconds;
        });
        Timing.Interleave([here, there], context.Duration, MinimumSteps);
        context.Add("training step, d 384, 6 heads, 6 layers, T 256, V 65, B 4", "PyTorch eager", here.Median * 1e3, there.Median * 1e3, "ms", goal: 1.4);
    }
}
