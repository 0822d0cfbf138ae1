using Transformer.Compiled.Generator.Declarations.Configs;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Turns an annotated class and the project's config files into a model, or into the reasons why there is none.</summary>
internal static class DeclarationParser
{
    private const string AttributeSource = "attribute";

    public static DeclarationResult Parse(AnnotatedClass annotated, ProjectConfigs configs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (annotated.Problems.Count > 0 || IsBroken(annotated)) return new DeclarationResult(null, annotated.Problems);

        var diagnostics = new DiagnosticSink();
        AttributeUse transformer = annotated.Transformer;
        AttributeValue? path = transformer.Find(AttributeUseReader.ConfigPath);
        SpecDraft? draft = path is null
            ? AttributeModel.Lower(transformer, diagnostics)
            : ConfigModel.Lower(transformer, path, configs, diagnostics);
        TransformerSpec? spec = draft is null ? null : SpecValidator.Validate(draft, diagnostics);
        if (spec is null) return new DeclarationResult(null, diagnostics.ToArray());

        InferenceSpec inference = ProgramAttributes.Inference(annotated.Inference, spec, diagnostics);
        TrainingSpec? training = ProgramAttributes.Training(annotated.Training, spec, diagnostics);
        CudaSpec? cuda = ProgramAttributes.Cuda(annotated, diagnostics);
        if (diagnostics.HasErrors) return new DeclarationResult(null, diagnostics.ToArray());

        var declaration = new ModelDeclaration
        {
            Namespace = annotated.Namespace,
            ContainingTypes = annotated.ContainingTypes,
            Name = annotated.Name,
            HintName = annotated.HintName,
            Source = path is null ? AttributeSource : ConfigPath.Normalize(path.Texts[0]),
            Spec = spec,
            Inference = inference,
            Training = training,
            CapturesAttention = annotated.CapturesAttention,
            Cuda = cuda,
        };
        return new DeclarationResult(declaration, diagnostics.ToArray()) { Frozen = annotated.Training?.Find("Frozen")?.Location };
    }

    /// <summary>Whether the compiler already reports an argument, so that there is nothing to add.</summary>
    private static bool IsBroken(AnnotatedClass annotated)
        => annotated.Transformer.IsBroken || annotated.Training is { IsBroken: true } || annotated.Inference is { IsBroken: true }
            || annotated.Cuda is { IsBroken: true };
}
