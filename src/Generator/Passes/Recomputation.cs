using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// Values that are cheap to compute again from what is kept anyway are not kept from the forward to the backward phase: their operation runs a second time,
/// right before the first that reads them there (Chen et al., 2016). No more is computed again than what lowers the program's peak.
/// </summary>
internal sealed class Recomputation
{
    /// <summary>What an element may cost: norms and activations are below it, attention and products above.</summary>
    private const int OperationsPerFloat = 16;

    private readonly ProgramGraph _program;
    private readonly Operation[] _forward;
    private readonly Phase _backward;
    private readonly Dictionary<Operation, int> _order = [];

    /// <summary>What the backward phase reads of the forward phase.</summary>
    private readonly HashSet<Tensor> _kept;

    private Recomputation(ProgramGraph program)
    {
        _program = program;
        _backward = program.Phases[program.Phases.Count - 1];
        _forward = [.. program.Phases.Take(program.Phases.Count - 1).SelectMany(phase => phase.Operations)];
        foreach (Operation operation in program.Operations) _order.Add(operation, _order.Count);
        _kept = [.. _forward.SelectMany(operation => operation.Outputs).Where(value => value.Consumers.Exists(IsBackward))];
    }

    /// <summary>Runs after differentiation and fusion, which decide what is kept; the last phase is the backward phase.</summary>
    public static void RecomputeCheapValues(ProgramGraph program)
    {
        var pass = new Recomputation(program);
        HashSet<Tensor> needed = pass.Choose();
        foreach (Operation operation in Enumerable.Reverse(pass._forward))
        {
            if (needed.Contains(operation.Outputs[0])) needed.UnionWith(pass.RunAgain(operation));
        }
    }

    private HashSet<Tensor> Choose()
    {
        var lifetimes = Lifetimes.Of(_program);
        Candidate[] candidates = [.. _forward.Where(IsCheap).Select(operation => CandidateOf(operation.Outputs[0], lifetimes))];
        var live = new LiveFloats(lifetimes);
        foreach (Candidate candidate in candidates) live.Remove(candidate.From, candidate.To, candidate.Floats);

        // Those whose return leaves the peak as it is are kept after all, the last ones first: they are kept for the shortest time.
        long peak = live.Most(0, _order.Count);
        var chosen = new HashSet<Tensor>();
        foreach (Candidate candidate in Enumerable.Reverse(candidates))
        {
            if (live.Most(candidate.From, candidate.To) + candidate.Floats > peak) chosen.Add(candidate.Value);
            else live.Remove(candidate.From, candidate.To, -candidate.Floats);
        }
        return chosen;
    }

    /// <summary>Whether the backward phase reads the result, which costs little to compute again.</summary>
    private bool IsCheap(Operation operation) =>
        _kept.Contains(operation.Outputs[0]) && CostOf(operation) is { } cost && cost <= OperationsPerFloat * operation.Outputs[0].Shape.Elements;

    /// <summary>Operations that compute a result again from what is kept; null where something is missing.</summary>
    private long? CostOf(Operation operation)
    {
        if (operation is not IRecomputable) return null;
        long? cost = operation.FloatingPointOperations;
        foreach (Tensor? input in operation.Inputs)
        {
            if (!IsAtHand(input)) cost += input!.Producer!.Outputs[0] == input ? CostOf(input.Producer) : null;
        }
        return cost;
    }

    private bool IsAtHand(Tensor? input) => input is not { Role: TensorRole.Activation } || _kept.Contains(input);

    private Candidate CandidateOf(Tensor value, Lifetimes lifetimes)
    {
        int last = _order[value.Producer!], first = _order.Count;
        foreach (Operation reader in value.Consumers)
        {
            if (IsBackward(reader)) first = Math.Min(first, _order[reader]);
            else last = Math.Max(last, _order[reader]);
        }
        return new Candidate(value, last + 1, first, lifetimes.Of(value)!.Floats);
    }

    private bool IsBackward(Operation operation) => _order[operation] >= _forward.Length;

    /// <summary>Gives the backward phase a result of its own; returns the operands that it needs and does not find.</summary>
    private IEnumerable<Tensor> RunAgain(Operation operation)
    {
        Tensor value = operation.Outputs[0];
        Operation[] readers = [.. value.Consumers.Where(reader => !_order.TryGetValue(reader, out int order) || order >= _forward.Length).Distinct()];
        Operation second = ((IRecomputable)operation).Again(operation.Inputs, value.Name + ".again");
        _program.InsertBefore(_backward.Operations.First(readers.Contains), second);
        foreach (Operation reader in readers) ProgramGraph.Redirect(reader, value, second.Outputs[0]);
        return operation.Inputs.OfType<Tensor>().Where(input => !IsAtHand(input));
    }

    /// <param name="Value">What may be computed again.</param>
    /// <param name="From">The operation after the last that reads it in the forward phase.</param>
    /// <param name="To">The first operation that reads it in the backward phase.</param>
    /// <param name="Floats">What it takes between them.</param>
    private readonly record struct Candidate(Tensor Value, int From, int To, long Floats);

    /// <summary>How much memory is taken at each operation.</summary>
    private sealed class LiveFloats
    {
        private readonly long[] _floats;

        public LiveFloats(Lifetimes lifetimes)
        {
            _floats = new long[lifetimes.Operations];
            foreach (Lifetimes.Block block in lifetimes.Blocks) Remove(block.First, block.Last + 1, -block.Floats);
        }

        /// <summary>The most at the operations [from, to).</summary>
        public long Most(int from, int to)
        {
            long most = 0;
            for (int index = from; index < to; index++) most = Math.Max(most, _floats[index]);
            return most;
        }

        /// <summary>Takes so many floats less at the operations [from, to).</summary>
        public void Remove(int from, int to, long floats)
        {
            for (int index = from; index < to; index++) _floats[index] -= floats;
        }
    }
}
