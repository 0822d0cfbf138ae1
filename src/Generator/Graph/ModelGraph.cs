namespace Transformer.Compiled.Generator.Graph;

/// <summary>A model: parameters, tables, state, and the programs that share them.</summary>
internal sealed class ModelGraph
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);

    public List<Parameter> Parameters { get; } = [];

    public List<TableSet> Tables { get; } = [];

    public List<StateSlot> States { get; } = [];

    public List<ProgramGraph> Programs { get; } = [];

    public long ParameterCount => Parameters.Sum(p => p.Elements);

    public Parameter this[string name] => _byName[name];

    public Parameter Add(Parameter parameter)
    {
        _byName.Add(parameter.Name, parameter);
        Parameters.Add(parameter);
        return parameter;
    }

    /// <summary>The parameter of that name, or null.</summary>
    public Parameter? Find(string name) => _byName.TryGetValue(name, out Parameter? parameter) ? parameter : null;

    public ProgramGraph Program(string name) => Programs.Single(p => p.Name == name);
}
