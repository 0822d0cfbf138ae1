using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>The shape-named methods of a model: one for each distinct specialisation, shared by all layers and programs.</summary>
internal sealed class KernelTable
{
    private readonly Dictionary<(string Name, Method Method), string> _names = [];
    private readonly SortedDictionary<string, Method> _methods = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _dimensions = [];

    private sealed record Method(string Result, string Parameters, string Body);

    /// <summary>Prints the call of an operation's kernel, and remembers the method that it calls.</summary>
    public string Call(CSharpPlan plan, ProgramGraph program, KernelCall call)
    {
        var parameters = new List<string>();
        var passed = new List<string>();
        var forwarded = new List<string>();
        if (!call.IsSequential) Add("Threading::ComputeTeam team", "Team", "team");
        foreach (Argument argument in call.Arguments)
        {
            switch (argument)
            {
                case Argument.Address address when plan.HasAddress(program, address.Tensor):
                    string element = address.Tensor!.Type == ElementType.Int32 ? "int" : "float";
                    Add($"Memory::Pointer<{element}> {address.Name}", plan.Address(program, address.Tensor, address.Offset), address.Name);
                    break;
                case Argument.Addresses addresses:
                    Add(
                        $"global::System.ReadOnlySpan<Memory::Pointer<float>> {addresses.Name}",
                        $"[{string.Join(", ", addresses.Tensors.Select(tensor => plan.Address(program, tensor)))}]",
                        addresses.Name);
                    break;
                case Argument.Address:
                    forwarded.Add("default");
                    break;
                case Argument.Extent { Shape.IsBounded: true } extent:
                    Add($"int {extent.Name}", extent.Multiple == 1 ? "rows" : $"rows * {CSharpPlan.Number(extent.Multiple)}", extent.Name);
                    break;
                case Argument.Extent extent:
                    forwarded.Add(CSharpPlan.Number((long)extent.Shape.Rows * extent.Multiple));
                    break;
                case Argument.Share { Shape.IsBounded: true } share:
                    Add($"int {share.Name}", share.Sequences == 1 ? "rows" : $"rows / {CSharpPlan.Number(share.Sequences)}", share.Name);
                    break;
                case Argument.Share share:
                    forwarded.Add(CSharpPlan.Number(share.Shape.Rows / share.Sequences));
                    break;
                case Argument.Elements { Shape.IsBounded: true } elements:
                    Add($"nint {elements.Name}", $"(nint)rows * {CSharpPlan.Number(elements.Shape.Columns)}", elements.Name);
                    break;
                case Argument.Elements elements:
                    forwarded.Add(CSharpPlan.Native(elements.Shape.Elements));
                    break;
                case Argument.Constant constant:
                    forwarded.Add(constant.Text);
                    break;
                case Argument.Ambient ambient:
                    Add($"{ambient.Type} {ambient.Name}", ambient.Text, ambient.Name);
                    break;
                default:
                    throw new ArgumentException($"{argument} is not an argument.");
            }
        }
        string name = Register(call, string.Join(", ", parameters), string.Join(", ", forwarded));
        return $"Kernels.{name}({string.Join(", ", passed)})";

        void Add(string parameter, string argument, string inner)
        {
            parameters.Add(parameter);
            passed.Add(argument);
            forwarded.Add(inner);
        }
    }

    /// <summary>The class of the methods seen so far, in ordinal order, and of the sizes that they use.</summary>
    public void Write(CodeWriter writer)
    {
        writer.Line("/// <summary>The run-time's kernels at this model's shapes, so that stack traces and profiles name them.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block body = writer.Open("private static class Kernels");
        foreach (KeyValuePair<string, Method> method in _methods)
        {
            writer.Line($"internal static {method.Value.Result} {method.Key}({method.Value.Parameters}) =>");
            writer.Continue(method.Value.Body);
            writer.Line();
        }
        foreach (int dimension in _dimensions)
        {
            string size = CSharpPlan.Number(dimension);
            writer.Line($"internal readonly struct D{size} : Kernel::IDimension {{ public static int Value => {size}; }}");
        }
    }

    private string Register(KernelCall call, string parameters, string forwarded)
    {
        _dimensions.UnionWith(call.Dimensions);
        string types = call.TypeArguments.Count == 0 ? "" : $"<{string.Join(", ", call.TypeArguments)}>";
        var method = new Method(call.ReturnsValue ? "float" : "void", parameters, $"Kernel::{call.Kernel}{types}({forwarded});");
        if (_names.TryGetValue((call.Name, method), out string? known)) return known;
        string name = call.Name;
        for (int variant = 2; _methods.ContainsKey(name); variant++) name = $"{call.Name}_{CSharpPlan.Number(variant)}";
        _names.Add((call.Name, method), name);
        _methods.Add(name, method);
        return name;
    }
}
