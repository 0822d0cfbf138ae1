namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>
/// What the project knows of one object's keys: those that it maps, with the value (as JSON text) that Hugging Face's library takes where
/// the key is missing, and those without influence on what is computed.
/// </summary>
internal sealed class ConfigTable
{
    private readonly Dictionary<string, string> _mapped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ignorable = new(StringComparer.Ordinal);

    public ConfigTable(string name, (string Key, string Default)[] mapped, string[] ignorable)
    {
        Name = name;
        foreach ((string key, string defaultValue) in mapped) _mapped.Add(key, defaultValue);
        _ignorable.UnionWith(ignorable);
    }

    /// <summary>The family's <c>model_type</c>, or the key that holds a nested object.</summary>
    public string Name { get; }

    public IEnumerable<string> MappedKeys => _mapped.Keys;

    public IEnumerable<string> IgnorableKeys => _ignorable;

    public string DefaultOf(string key) => _mapped[key];

    public bool Knows(string key) => _mapped.ContainsKey(key) || _ignorable.Contains(key);
}
