using System.Globalization;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Everything that the files of a model need to know: the graph, and the place of each tensor in memory.</summary>
internal sealed class CSharpPlan
{
    private const string LayerStates = "hidden_states.";
    private readonly Dictionary<ProgramGraph, MemoryPlan> _memory;

    public CSharpPlan(ModelDeclaration declaration, ModelGraph model)
    {
        Declaration = declaration;
        Model = model;
        Storage = new StoragePlan(model);
        _memory = model.Programs.ToDictionary(
            program => program, program => program.Name == Programs.Train ? MemoryPlan.AmongGradients(program, Storage) : MemoryPlan.Of(program));
    }

    public ModelDeclaration Declaration { get; }

    public ModelGraph Model { get; }

    public StoragePlan Storage { get; }

    public KernelTable Kernels { get; } = new();

    /// <summary>The trainer's activations, among the gradients and behind them.</summary>
    public MemoryPlan Trainer => _memory[Model.Program(Programs.Train)];

    /// <summary>The C# expression of a tensor's address, from the pointers that the run-time's base classes hold.</summary>
    public string Address(ProgramGraph program, Tensor tensor, long element = 0) => tensor.Role switch
    {
        TensorRole.Parameter => Offset("Weights", Storage.OffsetOf(tensor.Parameter!) + element),
        TensorRole.ParameterGradient when tensor.Version == 0 => $"Accumulated({Native(Storage.OffsetOf(tensor.Parameter!) + element)})",
        TensorRole.ParameterGradient => Offset("Gradients", Storage.OffsetOf(tensor.Parameter!) + element),
        TensorRole.Table => Offset("Tables", Storage.OffsetOfTable(tensor) + element),
        _ when element != 0 => throw new ArgumentException($"{tensor} is addressed as a whole."),
        TensorRole.State => Offset("State", Storage.OffsetOf(tensor.State!)),
        TensorRole.Activation => _memory[program].OffsetOf(tensor) is { } offset ? Offset("Activations", offset) : "default",
        TensorRole.Input => PascalCase(tensor.Name),
        TensorRole.Output => Output(tensor.Name),
        TensorRole unknown => throw new ArgumentException($"{unknown} has no memory."),
    };

    /// <summary>The scratch of a program.</summary>
    public long FloatsOf(string program) => _memory[Model.Program(program)].Floats;

    public bool HasAddress(ProgramGraph program, Tensor? tensor) =>
        tensor is not null && (tensor.Role != TensorRole.Activation || _memory[program].OffsetOf(tensor) is not null);

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>As an nint: C# has no literals of it beyond 32 bits.</summary>
    public static string Native(long value) => value <= int.MaxValue ? Number(value) : $"unchecked((nint){Number(value)})";

    /// <summary>The run-time's property of an input: <c>source_mask</c> is <c>SourceMask</c>.</summary>
    public static string PascalCase(string name) => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));

    /// <summary>The run-time's property, or call, of an output.</summary>
    public string Output(string name) => name switch
    {
        "logits" => Declaration.Spec.Architecture == Architecture.EncoderOnly ? "LogitsOutput" : "NextLogits",
        "chunk_logits" => "logits",
        "hidden_states" => "HiddenOutput",
        "pooled" => "PooledOutput",
        _ => OfLayer(name, LayerStates, "LayerOutput") ?? OfLayer(name, Sight.OwnWeights, "AttentionOutput")
            ?? OfLayer(name, Sight.CrossWeights, "CrossAttentionOutput") ?? OfLayer(name, Sight.SourceWeights, "SourceAttentionOutput")
            ?? throw new ArgumentException($"{name} is not an output."),
    };

    /// <summary>The output of a layer, whose number follows the beginning of the name.</summary>
    private static string? OfLayer(string name, string beginning, string method) =>
        name.StartsWith(beginning, StringComparison.Ordinal) ? $"{method}({name.Substring(beginning.Length)})" : null;

    private static string Offset(string pointer, long offset) => offset == 0 ? pointer : $"{pointer} + {Native(offset)}";
}
