using System.Text;
using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// Writes one kernel. Instructions are methods that return the register they write; registers are declared from use; blocks are structured.
/// Values that a loop changes are variables: made by <c>Variable</c>, changed by <c>Assign</c>, <c>AddTo</c> and <c>MultiplyAddTo</c>.
/// </summary>
internal sealed partial class PtxBuilder
{
    private const int Indentation = 4;
    private readonly string _name;
    private readonly string _formula;
    private readonly LaunchSize _grid;
    private readonly LaunchSize _block;
    private readonly List<PtxParameter> _parameters = [];
    private readonly List<(string Name, int Bytes)> _shared = [];

    /// <summary>Parameters and special registers, read before anything else.</summary>
    private readonly List<Line> _prologue = [];
    private readonly List<Line> _body = [];
    private readonly List<LoopLines> _loops = [];
    private readonly Dictionary<string, U32> _special = new(StringComparer.Ordinal);
    private readonly Dictionary<RegisterFile, int> _registers = [];
    private int _depth = 1;
    private int _labels;

    /// <param name="name">The entry: letters, digits and underscores.</param>
    /// <param name="formula">What it computes, with shapes, in ASCII.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads in a block.</param>
    public PtxBuilder(string name, string formula, LaunchSize grid, LaunchSize block)
    {
        if (block.Count is < 1 or > 1024) throw new ArgumentException($"{name}: a block has 1 to 1024 threads, not {block.Count}.", nameof(block));
        if ((grid.X < 1 && grid != LaunchSize.ByArguments) || grid.Y is < 1 or > 65535 || grid.Z is < 1 or > 65535)
            throw new ArgumentException($"{name}: a grid of {grid} blocks cannot be launched.", nameof(grid));
        _name = name;
        _formula = formula;
        _grid = grid;
        _block = block;
    }

    /// <summary>Threads in a block.</summary>
    public int Threads => _block.Count;

    /// <summary>This thread in its block.</summary>
    public U32 Thread => Special("%tid.x");

    /// <summary>This block in the grid.</summary>
    public U32 BlockX => Special("%ctaid.x");

    /// <inheritdoc cref="BlockX"/>
    public U32 BlockY => Special("%ctaid.y");

    /// <summary>A buffer in device memory, by the next parameter.</summary>
    public GlobalAddress Buffer(string name) => Buffer(name, Precision.Float32);

    /// <summary>A factor of a product, as it is in memory or in a copy that has been rounded (<see cref="PtxParameter.Factors"/>).</summary>
    public GlobalAddress Buffer(string name, Precision factors)
    {
        _parameters.Add(new PtxParameter(name, PtxParameterKind.Address, factors));
        Register generic = New(RegisterFile.Long), global = New(RegisterFile.Long);
        _prologue.Add(new Line(1, $"ld.param.u64 {generic.Name}, [{name}];", [generic], []));
        _prologue.Add(new Line(1, $"cvta.to.global.u64 {global.Name}, {generic.Name};", [global], [generic]));
        return new GlobalAddress(global);
    }

    /// <summary>A buffer that is there or not.</summary>
    public GlobalAddress? BufferIf(bool present, string name) => present ? Buffer(name) : null;

    /// <summary>Four bytes, by the next parameter.</summary>
    public U32 WordParameter(string name)
    {
        _parameters.Add(new PtxParameter(name, PtxParameterKind.Word));
        Register word = New(RegisterFile.Word);
        _prologue.Add(new Line(1, $"ld.param.u32 {word.Name}, [{name}];", [word], []));
        return U32.In(word);
    }

    /// <summary>An array of 4-byte elements in shared memory; it begins at a multiple of 16 bytes.</summary>
    public SharedAddress Shared(string name, int elements)
    {
        if (_shared.Any(array => array.Name == name)) throw new ArgumentException($"{_name} has a shared array {name} already.", nameof(name));
        _shared.Add((name, 4 * elements));
        return new SharedAddress(name, null);
    }

    /// <summary>A comment of its own line, in ASCII.</summary>
    public void Comment(string text) => _body.Add(Line.Plain(_depth, "// " + Ascii(text)));

    /// <summary>The finished kernel.</summary>
    public PtxKernel Build()
    {
        Emit("ret");
        List<Line> lines = [.. _prologue, .. _body];
        LoopLines[] loops = [.. _loops.Select(loop => new LoopLines(loop.First + _prologue.Count, loop.Last + _prologue.Count))];
        int live = LiveRegisters.Estimate(lines, loops), sharedBytes = _shared.Sum(array => RoundUp(array.Bytes));

        var text = new StringBuilder();
        text.Append("// ").Append(Ascii(_formula)).Append('\n');
        text.Append($"// grid {_grid}, block {_block}, shared {InvariantNumber.Text(sharedBytes)} bytes, about {InvariantNumber.Text(live)} live registers\n");
        text.Append(".visible .entry ").Append(_name).Append("(\n");
        text.Append(string.Join(",\n", _parameters.Select(parameter => $"    .param .{(parameter.Kind == PtxParameterKind.Address ? "u64" : "u32")} {parameter.Name}")));
        text.Append(")\n").Append($".maxntid {InvariantNumber.Text(_block.X)}, {InvariantNumber.Text(_block.Y)}, {InvariantNumber.Text(_block.Z)}\n{{\n");
        foreach (RegisterFile file in RegisterNames.Files)
        {
            if (_registers.TryGetValue(file, out int count))
                text.Append($"    .reg .{RegisterNames.Type(file)} {RegisterNames.Prefix(file)}<{InvariantNumber.Text(count)}>;\n");
        }

        foreach ((string name, int bytes) in _shared) text.Append($"    .shared .align 16 .b8 {name}[{InvariantNumber.Text(bytes)}];\n");
        text.Append('\n');
        foreach (Line line in lines) text.Append(' ', line.Depth * Indentation).Append(line.Text).Append('\n');
        text.Append("}\n");
        return new PtxKernel(_name, text.ToString(), _grid, _block, sharedBytes, live, _parameters);
    }

    private static int RoundUp(int bytes) => (bytes + 15) / 16 * 16;

    private static string Ascii(string text) => text.All(character => character is >= ' ' and < (char)127)
        ? text
        : throw new ArgumentException($"PTX is ASCII text: '{text}'.", nameof(text));

    private Register New(RegisterFile file)
    {
        _registers.TryGetValue(file, out int count);
        _registers[file] = count + 1;
        return new Register(file, count);
    }

    private U32 Special(string name)
    {
        if (_special.TryGetValue(name, out U32 known)) return known;
        Register register = New(RegisterFile.Word);
        _prologue.Add(new Line(1, $"mov.u32 {register.Name}, {name};", [register], []));
        return _special[name] = U32.In(register);
    }

    /// <summary>An instruction that writes a register of its own.</summary>
    private Register Write(RegisterFile file, string opcode, params IOperand[] operands)
    {
        Register result = New(file);
        WriteTo(result, opcode, operands);
        return result;
    }

    private void WriteTo(Register result, string opcode, params IOperand[] operands) =>
        _body.Add(Line.Of(_depth, $"{opcode} {result.Name}, {Join(operands)};", [result], operands));

    private void Emit(string opcode, params IOperand[] operands) =>
        _body.Add(Line.Of(_depth, operands.Length == 0 ? opcode + ";" : $"{opcode} {Join(operands)};", [], operands));

    private static string Join(IEnumerable<IOperand> operands) => string.Join(", ", operands.Select(operand => operand.Text));

    private static Register Changeable(IOperand variable) =>
        variable.Register ?? throw new ArgumentException($"The literal {variable.Text} cannot be assigned to.", nameof(variable));
}
