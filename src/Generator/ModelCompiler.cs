using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx.Launchers;

namespace Transformer.Compiled.Generator;

/// <summary>The way from a declaration to its files: declaration → graph → plan → text.</summary>
internal static class ModelCompiler
{
    /// <summary>A pure function: equal declarations give equal files.</summary>
    public static EquatableArray<GeneratedFile> Compile(ModelDeclaration declaration, CancellationToken cancellation)
    {
        ModelGraph model = ModelBuilder.Build(declaration);
        cancellation.ThrowIfCancellationRequested();
        var plan = new CSharpPlan(declaration, model);
        return new EquatableArray<GeneratedFile>([.. CSharpTarget.Emit(plan, cancellation), .. CudaTarget.Emit(plan, cancellation)]);
    }
}
