using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>A checkpoint's tensor: the stack of some parameters, transposed where the family stores it so.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Shape">Its shape in the checkpoint.</param>
/// <param name="IsTransposed">Whether the checkpoint stores it [inputs, outputs].</param>
/// <param name="Parameters">What it holds.</param>
/// <param name="Parts">Into how many equal parts each parameter is cut; the parts take turns. 1 where they are stacked as they are.</param>
internal sealed record CheckpointEntry(string Name, IReadOnlyList<int> Shape, bool IsTransposed, IReadOnlyList<Parameter> Parameters, int Parts);

/// <summary>What checkpoints of a family vary in.</summary>
/// <param name="OptionalPrefix">Names are read with and without it.</param>
/// <param name="Aliases">Names under which a tensor may appear a second time, or instead.</param>
/// <param name="Ignored">Patterns of tensors that are no parameters (masks, rotary frequencies).</param>
/// <param name="Heads">Patterns of the tensors of heads, the model's own and those of other tasks.</param>
internal sealed record CheckpointConventions(
    string OptionalPrefix, IReadOnlyList<(string Alias, string Name)> Aliases, IReadOnlyList<string> Ignored, IReadOnlyList<string> Heads);

/// <summary>The tensors of checkpoints: the project's own names, or those of a family by its <see cref="CheckpointTable"/>.</summary>
internal static class CheckpointNames
{
    /// <summary>Names of the project's own heads over labels: one task's checkpoint does not pass for another's.</summary>
    private static readonly Dictionary<HeadKind, string> s_labelHeads = new()
    {
        [HeadKind.SequenceClassification] = "classifier",
        [HeadKind.TokenClassification] = "token_classifier",
        [HeadKind.SpanExtraction] = "span_classifier",
    };

    private static readonly string[] s_nativeHeads =
        [.. new[] { ParameterNames.Head, ParameterNames.HeadTransform, ParameterNames.Pooler }.Concat(s_labelHeads.Values).Select(module => module + ".*")];

    /// <summary>The tensors of the model's checkpoint, in the order of the forward pass.</summary>
    public static IReadOnlyList<CheckpointEntry> Of(TransformerSpec spec, ModelGraph model)
    {
        if (CheckpointTables.Of(spec) is not { } table)
            return [.. model.Parameters.Select(p => new CheckpointEntry(NativeName(spec.Head.Kind, p.Name), StackedShape([p], false), false, [p], Parts: 1))];

        var entries = new List<CheckpointEntry>();
        foreach (IGrouping<(string Name, bool IsTransposed), Parameter> stack in model.Parameters.GroupBy(parameter => table.Translate(parameter, spec.Head.Kind)))
        {
            IReadOnlyList<Parameter> parameters = [.. stack];
            IReadOnlyList<int> shape = table.Shapes.TryGetValue(parameters[0].Name, out DeclaredShape? declared)
                ? declared(spec, parameters[0])
                : StackedShape(parameters, stack.Key.IsTransposed);
            int parts = table.InterleavesHeads && parameters.Count > 1 ? spec.Main.Attention.Heads : 1;
            entries.Add(new CheckpointEntry(WrittenName(spec, table, stack.Key.Name), shape, stack.Key.IsTransposed, parameters, parts));
        }
        return entries;
    }

    public static CheckpointConventions ConventionsOf(TransformerSpec spec, ModelGraph model)
    {
        if (CheckpointTables.Of(spec) is not { } table) return new CheckpointConventions("", [], [], s_nativeHeads);
        IReadOnlyList<CheckpointEntry> entries = Of(spec, model);
        return new CheckpointConventions(
            table.Prefix,
            [.. Aliases(spec, table, entries)],
            [.. table.Ignored.Where(pattern => !entries.Any(entry => NamePattern.IsMatch(entry.Name, pattern)))],
            table.HeadPatterns);
    }

    private static IEnumerable<(string Alias, string Name)> Aliases(TransformerSpec spec, CheckpointTable table, IReadOnlyList<CheckpointEntry> entries)
    {
        var names = entries
            .SelectMany(entry => entry.Parameters, (entry, parameter) => (parameter.Name, Tensor: entry.Name))
            .ToDictionary(pair => pair.Name, pair => pair.Tensor, StringComparer.Ordinal);
        if (spec.Head.Tied)
        {
            string tokens = names.TryGetValue(ParameterNames.TokenEmbedding, out string? shared)
                ? shared
                : names[ParameterNames.DecoderPrefix + ParameterNames.TokenEmbedding];
            foreach (string head in table.TiedHeads) yield return (head, tokens);
        }
        foreach ((string alias, string parameter) in table.Aliases)
        {
            if (names.TryGetValue(parameter, out string? name)) yield return (alias, name);
        }
        foreach ((string ending, string alias) in table.OldEndings)
        {
            foreach (CheckpointEntry entry in entries.Where(entry => entry.Name.EndsWith(ending, StringComparison.Ordinal)))
                yield return (entry.Name.Substring(0, entry.Name.Length - ending.Length) + alias, entry.Name);
        }
    }

    /// <summary>A model without a head is saved without the prefix, under which models with one have it.</summary>
    private static string WrittenName(TransformerSpec spec, CheckpointTable table, string name) =>
        spec.Head.Kind == HeadKind.None && name.StartsWith(table.Prefix, StringComparison.Ordinal) ? name.Substring(table.Prefix.Length) : name;

    private static string NativeName(HeadKind head, string name) =>
        s_labelHeads.TryGetValue(head, out string? own) && name.StartsWith(ParameterNames.Head + ".", StringComparison.Ordinal)
            ? own + name.Substring(ParameterNames.Head.Length)
            : name;

    private static IReadOnlyList<int> StackedShape(IReadOnlyList<Parameter> parameters, bool isTransposed)
    {
        int rows = parameters.Sum(p => p.Rows);
        if (parameters[0].IsVector) return [rows];
        int columns = parameters[0].Columns;
        return isTransposed ? [columns, rows] : [rows, columns];
    }
}
