namespace Transformer.Compiled.Ptx;

/// <summary>A kernel.</summary>
public sealed class PtxEntry
{
    internal PtxEntry(PtxModule module, string name, int line)
    {
        Module = module;
        Name = name;
        Line = line;
    }

    /// <summary>The module it belongs to.</summary>
    public PtxModule Module { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The line of its name.</summary>
    public int Line { get; }

    /// <summary>The parameters, with their offsets in the block of parameters.</summary>
    public IReadOnlyList<PtxParameter> Parameters => ParameterList;

    /// <summary>The bytes of the block of parameters.</summary>
    public int ParameterBytes => ParameterList.Count == 0 ? 0 : ParameterList[^1].Offset + ParameterList[^1].Bytes;

    /// <summary>Directives between the parameters and the body, as in <c>maxntid</c> → [128, 1, 1].</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Directives => DirectiveTable;

    /// <summary>Every register that is declared in the body, nested scopes included.</summary>
    public IReadOnlyList<PtxRegister> Registers => RegisterList;

    /// <summary>Variables declared in the body: shared and local memory.</summary>
    public IReadOnlyList<PtxVariable> Variables => VariableList;

    /// <summary>The labels.</summary>
    public IReadOnlyList<PtxLabel> Labels => LabelList;

    /// <summary>The instructions, in the order of the text.</summary>
    public IReadOnlyList<PtxInstruction> Instructions => InstructionList;

    internal List<PtxParameter> ParameterList { get; } = [];

    internal Dictionary<string, IReadOnlyList<int>> DirectiveTable { get; } = [];

    internal List<PtxRegister> RegisterList { get; } = [];

    internal List<PtxVariable> VariableList { get; } = [];

    internal List<PtxLabel> LabelList { get; } = [];

    internal List<PtxInstruction> InstructionList { get; } = [];
}
