using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Sums, multiples, copies and activations of tensors [rows, columns].</summary>
internal static class ElementwiseKernels
{
    /// <summary>y = a + b.</summary>
    public static PtxKernel Add(Extent rows, int columns) =>
        Of("Add", "y = a + b", rows, columns, new(["a", "b"], ["y"], (k, x) => [k.Add(x[0], x[1])]));

    /// <summary>y = x.</summary>
    public static PtxKernel Copy(Extent rows, int columns) => Of("Copy", "y = x", rows, columns, new(["x"], ["y"], (_, x) => x));

    /// <summary>y = factor · x (+ addend).</summary>
    public static PtxKernel Scale(Extent rows, int columns, float factor, Addend addend) => addend == Addend.None
        ? Of($"ScaleBy_{FloatName.Of(factor)}", $"y = {FloatLiteral.Format(factor)} * x", rows, columns, new(["x"], ["y"], (k, x) => [k.Multiply(x[0], factor)]))
        : Of(
            $"ScaleBy_{FloatName.Of(factor)}_Add",
            $"y = {FloatLiteral.Format(factor)} * x + addend",
            rows,
            columns,
            new(["x", "addend"], ["y"], (k, x) => [k.MultiplyAdd(x[0], factor, x[1])]));

    /// <summary>y = f(x).</summary>
    public static PtxKernel Activate(Extent rows, int columns, Activation activation)
    {
        ActivationFormula f = ActivationFormula.Of(activation);
        return Of($"{activation}", $"y = {Name(activation)}(x)", rows, columns, new(["x"], ["y"], (k, x) => [f.Apply(k, x[0])]));
    }

    /// <summary>dx = f'(x) · dy.</summary>
    public static PtxKernel ActivateGradient(Extent rows, int columns, Activation activation)
    {
        ActivationFormula f = ActivationFormula.Of(activation);
        ElementFormula formula = new(["x", "dy"], ["dx"], (k, x) => [k.Multiply(f.Derivative(k, x[0]), x[1])]);
        return Of($"{activation}Gradient", $"dx = {Name(activation)}'(x) * dy", rows, columns, formula);
    }

    /// <summary>y = f(gate) · up.</summary>
    public static PtxKernel GatedActivate(Extent rows, int columns, Activation activation)
    {
        ActivationFormula f = ActivationFormula.Of(activation);
        ElementFormula formula = new(["gate", "up"], ["y"], (k, x) => [k.Multiply(f.Apply(k, x[0]), x[1])]);
        return Of($"Gated{activation}", $"y = {Name(activation)}(gate) * up", rows, columns, formula);
    }

    /// <summary>dGate = f'(gate) · up · dy; dUp = f(gate) · dy.</summary>
    public static PtxKernel GatedActivateGradient(Extent rows, int columns, Activation activation)
    {
        ActivationFormula f = ActivationFormula.Of(activation);
        ElementFormula formula = new(
            ["gate", "up", "dy"],
            ["dGate", "dUp"],
            (k, x) => [k.Multiply(f.Derivative(k, x[0]), k.Multiply(x[1], x[2])), k.Multiply(f.Apply(k, x[0]), x[2])]);
        string name = Name(activation);
        return Of($"Gated{activation}Gradient", $"dGate = {name}'(gate) * up * dy, dUp = {name}(gate) * dy", rows, columns, formula);
    }

    private static PtxKernel Of(string operation, string formula, Extent rows, int columns, ElementFormula element) =>
        ElementwiseKernel.Of($"{operation}_{rows}x{columns}", $"{formula}, each [{rows},{columns}]", rows, columns, element);

    private static string Name(Activation activation) => activation.ToString().ToLowerInvariant();
}
