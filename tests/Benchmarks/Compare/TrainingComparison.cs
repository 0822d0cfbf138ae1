namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Training steps beside PyTorch's and llm.c's, with the same weights, tokens and optimizer, step by step in turn.</summary>
internal sealed class TrainingComparison : IComparison
{
    private const int MinimumSteps = 5, CheckedSteps = 3;

    /// <summary>The largest difference of losses, relative to them.</summary>
    private const double Tolerance = 1e-3;

    public string Name => "training";

    public bool KnowsThreadTime => true;

    public void Run(CompareContext context)
    {
        Small(context);
        Gpt2(context);
    }

    /// <summary>Losses of the first steps here and elsewhere have to agree: the first holds the forward pass, those after it gradients and updates.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void Check(TrainingWork work, IReadOnlyList<double> losses, string peer, Func<double> step)
    {
        for (int i = 0; i < losses.Count; i++)
        {
            double theirs = step();
            if (!(Math.Abs(theirs - losses[i]) <= Tolerance * losses[i]))
                throw new InvalidOperationException($"The two do not compute the same: in step {i} of {work.Name} the loss is {losses[i]} here and {theirs} in {peer}.");
        }
    }

    /// <summary>The losses of this side's first steps.</summary>
    public static double[] FirstLosses(Func<double> step) => [.. Enumerable.Range(0, CheckedSteps).Select(_ => step())];

    private static void Small(CompareContext context)
    {
        using SteppingProgram? torch = TorchPeer.TryStart(context, TrainingWork.Small, TorchAllocator.Tuned);
        List<Peer> peers = [];
        if (torch is not null) peers.Add(new Peer("PyTorch eager", torch.Step, 1.4));
        Measure(context, TrainingWork.Small, peers);
    }

    private static void Gpt2(CompareContext context)
    {
        using SteppingProgram? torch = TorchPeer.TryStart(context, TrainingWork.Gpt2, TorchAllocator.Tuned);
        using LlmcPeer? llmc = LlmcPeer.TryStart(context, TrainingWork.Gpt2);
        List<Peer> peers = [];
        if (torch is not null) peers.Add(new Peer("PyTorch eager", torch.Step, 1.35));
        if (llmc is not null) peers.Add(new Peer("llm.c", llmc.Step, 5.5));
        Measure(context, TrainingWork.Gpt2, peers);
    }

    private static void Measure(CompareContext context, TrainingWork work, List<Peer> peers)
    {
        if (peers.Count == 0) return;
        using TrainingSteps steps = new(work, context.Team);
        double[] losses = FirstLosses(() => steps.Step());
        foreach (Peer peer in peers) Check(work, losses, peer.Name, () => peer.Step().Loss);
        Timing here = new("here", () => { steps.Step(); });
        Timing[] there = [.. peers.Select(peer => new Timing(peer.Name, () => peer.Step().Seconds))];
        Timing.Interleave([here, .. there], context.Duration, MinimumSteps);
        foreach ((Peer peer, Timing timing) in peers.Zip(there))
            context.Add($"training step, {work.Description}", peer.Name, here.Median * 1e3, timing.Median * 1e3, "ms", peer.Goal);
    }

    private sealed record Peer(string Name, Func<(double Seconds, double Loss)> Step, double Goal);
}
