using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Decoders;

/// <summary>A model with random parameters, and its programs as the interpreter runs them.</summary>
internal sealed class ModelRun
{
    private readonly Random _random;
    private readonly Dictionary<ProgramGraph, IValues> _values = [];

    public ModelRun(ModelDeclaration declaration, int seed)
    {
        _random = new Random(seed);
        Declaration = declaration;
        Model = ModelBuilder.Build(declaration);
        RandomParameters.Fill(Model, Values, _random);
        AttentionSpec attention = declaration.Spec.Main.Attention;
        int cache = declaration.Inference.Batch * attention.KeyValueHeads * declaration.Spec.Main.ContextLength * attention.HeadDim;
        foreach (StateSlot state in Model.States) Values.Set(state, [.. Enumerable.Repeat(double.NaN, cache)]);
    }

    public ModelDeclaration Declaration { get; }

    public ModelGraph Model { get; }

    public SsaValues Values { get; } = new();

    /// <summary>To what prefills and decoding round factors of products.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    public int Rows => Declaration.Training!.BatchSize * Declaration.Training.SequenceLength;

    /// <summary>Runs a program on other values, which write through to <see cref="Values"/>.</summary>
    public void RunOn(string program, Func<ProgramGraph, IValues> values) => _values[Model.Program(program)] = values(Model.Program(program));

    public double[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)_random.Next(Declaration.Spec.Main.VocabularySize))];

    /// <summary>The loss; the logits are the tensor of that name.</summary>
    public double TrainForward(double[] tokens, double[] targets, RunState run)
    {
        double[] positions = [.. Enumerable.Range(0, Rows).Select(r => (double)(r % Declaration.Training!.SequenceLength))];
        Run(Programs.Train, Programs.ForwardPhase, run, ("tokens", tokens), ("positions", positions), ("targets", targets));
        return Result(Programs.Train, "loss")[0];
    }

    public void TrainBackward(RunState run) => Run(Programs.Train, Differentiation.BackwardPhase, run);

    /// <summary>Puts tokens of one slot through the layers, then the head on all of them or on the last.</summary>
    /// <param name="phase">The phase after the layers.</param>
    public double[] Prefill(int slot, int position, double[] tokens, string phase)
    {
        int chunk = Declaration.Inference.PrefillChunk;
        var run = new RunState { Rows = tokens.Length, Row = tokens.Length - 1, Slot = slot, Precision = Precision };
        double[] padded = [.. tokens, .. Enumerable.Repeat(double.NaN, chunk - tokens.Length)];
        double[] positions = [.. Enumerable.Range(0, chunk).Select(r => r < tokens.Length ? position + r : double.NaN)];
        Run(Programs.Prefill, Programs.PrefillPhase, run, ("tokens", padded), ("positions", positions));
        Run(Programs.Prefill, phase, run);
        bool isLast = phase == Programs.LastLogitsPhase;
        return Result(Programs.Prefill, isLast ? "logits" : "chunk_logits")[..((isLast ? 1 : tokens.Length) * Declaration.Spec.Main.VocabularySize)];
    }

    /// <summary>One token for each slot, at its position; the logits of all.</summary>
    public double[] Decode(double[] tokens, double[] positions)
    {
        Run(Programs.Decode, Programs.DecodePhase, new RunState { Precision = Precision }, ("tokens", tokens), ("positions", positions));
        return Result(Programs.Decode, "logits");
    }

    public double[] Result(string program, string name) =>
        Values[Model.Program(program).Operations.SelectMany(o => o.Outputs).Last(t => t.Name == name)];

    private void Run(string name, string phase, RunState run, params (string Name, double[] Value)[] inputs)
    {
        ProgramGraph program = Model.Program(name);
        foreach (Tensor input in program.Operations.SelectMany(o => o.Inputs).OfType<Tensor>().Where(t => t.Role == TensorRole.Input).Distinct())
        {
            foreach ((_, double[] value) in inputs.Where(i => i.Name == input.Name)) Values.Set(input, value);
        }
        IEnumerable<Operation> operations = program.Phases.Single(p => p.Name == phase).Sections.SelectMany(s => s.Operations);
        Interpreter.Interpreter.Run(operations, _values.GetValueOrDefault(program, Values), run);
    }
}
