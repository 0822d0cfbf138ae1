using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>The launches of <see cref="ColumnSumKernels"/>.</summary>
internal static class ColumnSums
{
    /// <summary>Sums over the rows of a shape, or over several units of each.</summary>
    /// <param name="lowering">Of the program.</param>
    /// <param name="terms">What is summed.</param>
    /// <param name="shape">Of the first input; its columns are as many units of equal width.</param>
    /// <param name="units">Units in a row.</param>
    /// <param name="inputs">The terms' inputs, then their row inputs.</param>
    /// <param name="outputs">The terms' outputs, each with what is added to it.</param>
    public static IReadOnlyList<PtxLaunch> Lower(
        PtxLowering lowering, ColumnTerms terms, Shape shape, int units, (string Name, Tensor? Tensor)[] inputs, (Tensor Tensor, Tensor? Addend)[] outputs)
    {
        int rows = PtxLowering.WholeRows(shape, units), columns = shape.Columns / units;
        var added = AddedOutputs.Of(outputs.Select(output => PtxLowering.KindOf(output.Addend)));
        IReadOnlyList<PtxKernel> kernels = lowering.Kernel(ColumnSumKernels.Of, terms, rows, columns, added);
        var first = new PtxLaunch(kernels[0]);
        foreach ((string name, Tensor? tensor) in inputs) first.Address(name, tensor);
        if (kernels.Count == 1) return [AddOutputs(first)];

        long floats = ColumnSumKernels.WorkspaceFloats(terms, rows, columns);
        return [first.Workspace("partials", 0, floats), AddOutputs(new PtxLaunch(kernels[1]).Workspace("partials", 0, floats))];

        PtxLaunch AddOutputs(PtxLaunch launch)
        {
            for (int i = 0; i < outputs.Length; i++)
                launch.Address(terms.Outputs[i] + "Addend", PtxLowering.Addend(outputs[i].Addend)).Address(terms.Outputs[i], outputs[i].Tensor);
            return launch;
        }
    }
}
