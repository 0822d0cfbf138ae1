namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>
/// What the project knows of one object's keys: those that it maps, with the value (as JSON text) that Hugging Face's library takes where
/// the key is missing, those of which one meaning is implemented, and those without influence on what is computed.
/// </summary>
internal sealed class ConfigTable
{
    private readonly Dictionary<string, string> _mapped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ignorable = new(StringComparer.Ordinal);

    public ConfigTable(string name, (string Key, string Default)[] mapped, (string Key, string[] Values)[] bound, string[] ignorable)
    {
        Name = name;
        Bound = bound;
        foreach ((string key, string defaultValue) in mapped) _mapped.Add(key, defaultValue);
        foreach ((string key, string[] values) in bound) _mapped.Add(key, values[0]);
        _ignorable.UnionWith(ignorable);
    }

    /// <summary>The family's <c>model_type</c>, or the key that holds a nested object.</summary>
    public string Name { get; }

    /// <summary>The keys that say something about the model, those of <see cref="Bound"/> among them.</summary>
    public IEnumerable<string> MappedKeys => _mapped.Keys;

    /// <summary>Keys of which only these values (as JSON text) are implemented; a missing key is the first of them.</summary>
    public IReadOnlyList<(string Key, string[] Values)> Bound { get; }

    public IEnumerable<string> IgnorableKeys => _ignorable;

    public string DefaultOf(string key) => _mapped[key];

    public bool Knows(string key) => _mapped.ContainsKey(key) || _ignorable.Contains(key);
}
