using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the <c>Weights</c> class: the layout of the storage, and how a checkpoint maps onto it.</summary>
internal sealed class WeightsWriter(CSharpPlan plan)
{
    private readonly string _model = plan.Declaration.Name.TrimStart('@');
    private readonly Dictionary<Parameter, int> _indices =
        plan.Model.Parameters.Select((parameter, index) => (parameter, index)).ToDictionary(p => p.parameter, p => p.index);

    public void Write(CodeWriter writer)
    {
        IReadOnlyList<CheckpointEntry> entries = CheckpointNames.Of(plan.Declaration.Spec, plan.Model);
        (string Name, Parameter[] Parameters)[] parameterGroups = Group(plan.Model.Parameters, p => p.Name);
        (string Name, CheckpointEntry[] Entries)[] tensorGroups = Group(entries, e => e.Parameters[0].Name);

        writer.Line($"/// <summary>The parameters of <see cref=\"{plan.Declaration.Name}\"/>: {CSharpPlan.Number(plan.Model.ParameterCount)} floats.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open("public sealed class Weights : Checkpoint::ModelWeights");
        WriteLayout(writer, parameterGroups.Select(g => g.Name), tensorGroups.Select(g => g.Name));
        WriteFactories(writer);
        foreach ((string name, Parameter[] parameters) in parameterGroups)
        {
            writer.Line();
            using CodeWriter.Block list = writer.OpenList($"private static Checkpoint::ParameterInfo[] {name}Parameters() =>");
            foreach (Parameter parameter in parameters) writer.Line(Describe(parameter));
        }
        foreach ((string name, CheckpointEntry[] tensors) in tensorGroups)
        {
            writer.Line();
            using CodeWriter.Block list = writer.OpenList($"private static Checkpoint::CheckpointTensor[] {name}Tensors() =>");
            foreach (CheckpointEntry tensor in tensors) writer.Line(Describe(tensor));
        }
    }

    private void WriteLayout(CodeWriter writer, IEnumerable<string> parameterGroups, IEnumerable<string> tensorGroups)
    {
        CheckpointConventions conventions = CheckpointNames.ConventionsOf(plan.Declaration.Spec, plan.Model);
        string aliases = string.Join(", ", conventions.Aliases.Select(alias => $"(\"{alias.Alias}\", \"{alias.Name}\")"));
        string ignored = Quoted(conventions.Ignored), heads = Quoted(conventions.Heads);
        writer.Line("private static readonly Checkpoint::ModelLayout s_layout = new(");
        writer.Continue(
            $"\"{_model}\",\n"
            + $"floats: {CSharpPlan.Native(plan.Storage.ParameterFloats)},\n"
            + $"trainedFloats: {CSharpPlan.Native(plan.Storage.TrainedFloats)},\n"
            + $"[{string.Join(", ", parameterGroups.Select(g => $".. {g}Parameters()"))}],\n"
            + $"[{string.Join(", ", tensorGroups.Select(g => $".. {g}Tensors()"))}],\n"
            + $"new Checkpoint::CheckpointConventions(\"{conventions.OptionalPrefix}\", [{aliases}], [{ignored}]) {{ HeadPatterns = [{heads}] }});");
        writer.Line();
    }

    private static string Quoted(IEnumerable<string> patterns) => string.Join(", ", patterns.Select(pattern => $"\"{pattern}\""));

    private static void WriteFactories(CodeWriter writer)
    {
        using (writer.Open("private Weights() : base(s_layout)")) { }
        writer.Line();
        writer.Line("/// <summary>Reads a checkpoint: a <c>.safetensors</c> file, a <c>.safetensors.index.json</c>, or a folder with either.</summary>");
        writer.Line("/// <exception cref=\"Checkpoint::CheckpointException\">The checkpoint is damaged or is not of this model; the message names file, tensor and shapes.</exception>");
        using (writer.Open("public static Weights Load(string path)"))
        {
            writer.Line("var weights = new Weights();");
            writer.Line("weights.LoadFrom(path);");
            writer.Line("return weights;");
        }
        writer.Line();
        writer.Line("/// <summary>Reads a checkpoint for another task: parameters of the head that it lacks are drawn from the seed, tensors of other heads are passed over.</summary>");
        writer.Line("/// <param name=\"path\">As for <see cref=\"Load\"/>.</param>");
        writer.Line("/// <param name=\"seed\">What is drawn depends on it alone; <c>Drawn</c> names those tensors.</param>");
        writer.Line("/// <param name=\"mismatchedSizes\">Whether a head of another number of labels is refused, or drawn too.</param>");
        writer.Line("/// <exception cref=\"Checkpoint::CheckpointException\">The checkpoint is damaged or is not of this model; the message names file, tensor and shapes.</exception>");
        using (writer.Open("public static Weights LoadPretrained(string path, ulong seed, Checkpoint::MismatchedSizes mismatchedSizes = Checkpoint::MismatchedSizes.Refuse)"))
        {
            writer.Line("var weights = new Weights();");
            writer.Line("weights.LoadPretrainedFrom(path, seed, mismatchedSizes);");
            writer.Line("return weights;");
        }
        writer.Line();
        writer.Line("/// <summary>Draws fresh parameters: the same ones for a seed, on every machine.</summary>");
        using (writer.Open("public static Weights Initialize(ulong seed)"))
        {
            writer.Line("var weights = new Weights();");
            writer.Line("weights.InitializeFrom(seed);");
            writer.Line("return weights;");
        }
    }

    private string Describe(Parameter parameter)
    {
        string initializer = parameter.Initializer.Kind switch
        {
            InitializerKind.Zeros or InitializerKind.Ones => $"Checkpoint::Initializer.{parameter.Initializer.Kind}",
            _ => $"Checkpoint::Initializer.{parameter.Initializer.Kind}({FloatLiteral.Format(parameter.Initializer.Scale)})",
        };
        return $"new(\"{parameter.Name}\", Checkpoint::ParameterKind.{parameter.Kind}, {CSharpPlan.Number(parameter.Rows)}, {CSharpPlan.Number(parameter.Columns)}, "
            + $"{CSharpPlan.Native(plan.Storage.OffsetOf(parameter))}, Checkpoint::StorageFormat.{parameter.Format}, {initializer}),";
    }

    private string Describe(CheckpointEntry tensor)
    {
        string shape = string.Join(", ", tensor.Shape.Select(d => CSharpPlan.Number(d)));
        string rows = string.Join(", ", tensor.Parameters.Select(
            p => $"new({CSharpPlan.Number(_indices[p])}, 0, {CSharpPlan.Number(p.Rows)})"));
        rows = tensor.Parts == 1 ? $"[{rows}]" : $"Checkpoint::RowRange.TakingTurns({CSharpPlan.Number(tensor.Parts)}, {rows})";
        return $"new(\"{tensor.Name}\", [{shape}], Checkpoint::TensorOrientation.{(tensor.IsTransposed ? "Transposed" : "RowMajor")}, {rows}),";
    }

    /// <summary>Splits by layer, so that no method of the table grows with the model.</summary>
    private static (string Name, T[] Items)[] Group<T>(IEnumerable<T> items, Func<T, string> parameterName) =>
        [.. items.GroupBy(item => GroupName(parameterName(item)), StringComparer.Ordinal).Select(g => (g.Key, g.ToArray()))];

    private static string GroupName(string[] parts, int start) => parts[start] switch
    {
        "layers" => "Layer" + parts[start + 1],
        "embedding" or "relative_bias" => "Embedding",
        _ => "Head",
    };

    private static string GroupName(string parameter)
    {
        string[] parts = parameter.Split('.');
        return parts[0] switch
        {
            "encoder" or "decoder" => char.ToUpperInvariant(parts[0][0]) + parts[0].Substring(1) + GroupName(parts, 1),
            _ => GroupName(parts, 0),
        };
    }
}
