using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;
namespace Transformer.Compiled.Generator.Ops;
internal abstract class Missing(params Tensor?[] x) : Operation(x) { public override IReadOnlyList<Tensor> Outputs { get; } = [x[0]!]; public override KernelCall LowerToCSharp() => throw new NotSupportedException(); }
internal sealed class NormalizeRows(Tensor x, string name) : Missing(x) { public string N => name; }
internal sealed class SoftmaxSum(IReadOnlyList<Tensor> x, Tensor w, Tensor g, string name) : Missing(x[0], w, g) { public string N => name; }
internal sealed class ScaleRows(Tensor x, Tensor s, string name) : Missing(x, s) { public string N => name; }
internal sealed class Concatenate(Tensor x, Tensor s, string name) : Missing(x, s) { public string N => name; }
internal sealed class RelativeScores(Tensor x, Tensor s, AttentionShape h, string name) : Missing(x, s) { public string N => name + h; }
internal sealed class RelativeKeyScores(Tensor x, Tensor s, AttentionShape h, Tensor a, string name) : Missing(x, s, a) { public string N => name + h; }
internal sealed class CachedRelativeScores(Tensor x, Tensor s, Tensor p, AttentionShape h, int c, string name) : Missing(x, s, p) { public string N => name + h + c; }
