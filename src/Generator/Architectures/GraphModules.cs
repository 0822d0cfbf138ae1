using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Modules that are named parameters with one operation.</summary>
internal static class GraphModules
{
    /// <summary>x · Wᵀ + b.</summary>
    public static Tensor Project(this ModelGraph graph, ProgramGraph program, Tensor x, string module) =>
        program.Add(new Linear(x, graph[ParameterNames.Weight(module)], graph.Find(ParameterNames.Bias(module)), module));

    /// <summary>As <see cref="Project"/>, into a tensor that the caller made.</summary>
    public static Tensor ProjectInto(this ModelGraph graph, ProgramGraph program, Tensor x, string module, Tensor y) =>
        program.Add(new Linear(x, graph[ParameterNames.Weight(module)], graph.Find(ParameterNames.Bias(module)), y));

    public static Tensor Normalize(this ModelGraph graph, ProgramGraph program, Tensor x, string module, NormSpec norm)
    {
        Tensor weight = graph[ParameterNames.Weight(module)].Tensor;
        return program.Add(norm.Kind == NormKind.LayerNorm
            ? new LayerNorm(x, weight, graph[ParameterNames.Bias(module)].Tensor, norm.Epsilon, module)
            : new RmsNorm(x, weight, norm.Epsilon, norm.WeightOffset, module));
    }
}
