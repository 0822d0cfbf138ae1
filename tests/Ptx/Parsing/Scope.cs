namespace Transformer.Compiled.Ptx;

/// <summary>What names mean between two braces; inner scopes see the outer ones.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PtxLabel> _labels = new(StringComparer.Ordinal);

    /// <summary>Branches of this scope and of those inside whose label has not been seen yet.</summary>
    public List<(PtxLabelOperand Operand, int Line)> Pending { get; } = [];

    public Scope? Outer => outer;

    public void Declare(PtxRegister register) => Declare(register.Name, register, register.Line);

    public void Declare(PtxVariable variable) => Declare(variable.Name, variable, variable.Line);

    public void Declare(PtxParameter parameter) => Declare(parameter.Name, parameter, parameter.Line);

    public void Declare(PtxLabel label)
    {
        if (!_labels.TryAdd(label.Name, label)) throw new PtxException(label.Line, $"a second label '{label.Name}' in this scope; the first is on line {_labels[label.Name].Line}.");
    }

    public object? Find(string name) => _names.TryGetValue(name, out object? found) ? found : outer?.Find(name);

    /// <summary>Gives the pending branches their labels; what is not found is passed to the outer scope, or is an error if there is none.</summary>
    public void ResolveLabels(string kernel)
    {
        foreach (var (operand, line) in Pending)
        {
            if (_labels.TryGetValue(operand.Name, out var label)) operand.Label = label;
            else if (outer is { IsBody: true }) outer.Pending.Add((operand, line));
            else throw new PtxException(line, $"the label '{operand.Name}' is not declared in a scope that the branch sees, in kernel '{kernel}'.");
        }

        Pending.Clear();
    }

    /// <summary>Whether it is the body of a kernel or inside one.</summary>
    public bool IsBody { get; init; }

    private void Declare(string name, object what, int line)
    {
        if (!_names.TryAdd(name, what)) throw new PtxException(line, $"'{name}' is declared a second time in this scope.");
    }
}
