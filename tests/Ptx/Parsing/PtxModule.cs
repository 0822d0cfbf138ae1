namespace Transformer.Compiled.Ptx;

/// <summary>A module: what one text of PTX declares.</summary>
public sealed class PtxModule
{
    private readonly Dictionary<string, PtxEntry> _entries = [];
    private readonly List<PtxVariable> _variables = [];

    internal PtxModule(string text) => Text = text;

    /// <summary>The text that was parsed.</summary>
    public string Text { get; }

    /// <summary><c>.version</c>.</summary>
    public Version Version { get; internal set; } = new(0, 0);

    /// <summary>The first <c>.target</c>, as in <c>sm_80</c>.</summary>
    public string Target { get; internal set; } = "";

    /// <summary><c>.address_size</c>, in bits; 32 where the module does not say.</summary>
    public int AddressSize { get; internal set; } = 32;

    /// <summary>The kernels, in the order of the text.</summary>
    public IReadOnlyCollection<PtxEntry> Entries => _entries.Values;

    /// <summary>Variables outside of kernels: global, constant and shared memory.</summary>
    public IReadOnlyList<PtxVariable> Variables => _variables;

    /// <summary>Parses a text. Instructions are decoded when a kernel is launched, or by <see cref="PtxMachine.Check"/>.</summary>
    /// <exception cref="PtxException">It is not PTX as far as this library knows it; the message names the line, what was found and what was expected.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PtxParser(text).Module();
    }

    /// <summary>A kernel by its name.</summary>
    /// <exception cref="PtxException">There is none.</exception>
    public PtxEntry Entry(string name) => _entries.TryGetValue(name, out var entry)
        ? entry
        : throw new PtxException(0, $"the module has no kernel '{name}'; it has {string.Join(", ", _entries.Keys.Select(key => $"'{key}'"))}.");

    internal void Add(PtxEntry entry)
    {
        if (!_entries.TryAdd(entry.Name, entry)) throw new PtxException(entry.Line, $"a second kernel is named '{entry.Name}'; the first is on line {_entries[entry.Name].Line}.");
    }

    internal void Add(PtxVariable variable) => _variables.Add(variable);
}
