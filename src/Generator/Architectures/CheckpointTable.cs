using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>The shape that a checkpoint gives a parameter where it is not [rows, columns] or [rows].</summary>
internal delegate IReadOnlyList<int> DeclaredShape(TransformerSpec spec, Parameter parameter);

/// <summary>A family's names: from those of the project's parameters, with <c>*</c> for a layer's index, to the checkpoint's.</summary>
internal sealed record CheckpointTable
{
    /// <summary>Names are read with and without it.</summary>
    public required string Prefix { get; init; }

    /// <summary>Modules, and single parameters, which go before their module. Those that share a name are stacked in one tensor.</summary>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    /// <summary>What a head of a kind changes of <see cref="Names"/>.</summary>
    public IReadOnlyDictionary<HeadKind, IReadOnlyDictionary<string, string>> HeadNames { get; init; } =
        new Dictionary<HeadKind, IReadOnlyDictionary<string, string>>();

    /// <summary>Names (with <c>*</c>) in the checkpoint of the modules whose weights are stored [inputs, outputs].</summary>
    public IReadOnlyList<string> Transposed { get; init; } = [];

    /// <summary>Whether stacked queries, keys and values take turns head by head.</summary>
    public bool InterleavesHeads { get; init; }

    public IReadOnlyDictionary<string, DeclaredShape> Shapes { get; init; } = new Dictionary<string, DeclaredShape>();

    /// <summary>Names under which a tied head may appear a second time.</summary>
    public IReadOnlyList<string> TiedHeads { get; init; } = [];

    /// <summary>Other names of parameters.</summary>
    public IReadOnlyList<(string Alias, string Parameter)> Aliases { get; init; } = [];

    /// <summary>Other endings of tensor names, such as LayerNorms of old that end in <c>gamma</c>.</summary>
    public IReadOnlyList<(string Ending, string Alias)> OldEndings { get; init; } = [];

    /// <summary>Patterns of tensors that are no parameters of the model: masks, frequencies, parts of other tasks.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Patterns of the tensors of all heads of the family.</summary>
    public IReadOnlyList<string> HeadPatterns { get; init; } = [];

    /// <summary>The checkpoint's name of a parameter, and whether it is stored transposed.</summary>
    public (string Name, bool IsTransposed) Translate(Parameter parameter, HeadKind head)
    {
        (string general, string layer) = Generalize(parameter.Name);
        if (Find(general, head) is { } name) return (name.Replace("*", layer), false);
        int dot = general.LastIndexOf('.');
        name = Find(general.Substring(0, dot), head) ?? throw new ArgumentException($"The family has no name for '{parameter.Name}'.");
        return (name.Replace("*", layer) + general.Substring(dot), !parameter.IsVector && Transposed.Contains(name));
    }

    private string? Find(string name, HeadKind head)
    {
        if (HeadNames.TryGetValue(head, out IReadOnlyDictionary<string, string>? names) && names.TryGetValue(name, out string? own)) return own;
        return Names.TryGetValue(name, out string? common) ? common : null;
    }

    /// <summary>A parameter's name with <c>*</c> in the place of its layer's index, and the index.</summary>
    private static (string Name, string Layer) Generalize(string name)
    {
        const string Layers = "layers.";
        int start = name.IndexOf(Layers, StringComparison.Ordinal);
        if (start < 0) return (name, "");
        start += Layers.Length;
        int end = name.IndexOf('.', start);
        return (name.Substring(0, start) + "*" + name.Substring(end), name.Substring(start, end - start));
    }
}
