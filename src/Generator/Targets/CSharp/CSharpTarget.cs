using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>The C# files of a model.</summary>
internal static class CSharpTarget
{
    public static IEnumerable<GeneratedFile> Emit(CSharpPlan plan, CancellationToken cancellation)
    {
        string prefix = plan.Declaration.HintName;
        yield return new GeneratedFile($"{prefix}.g.cs", SourceFile.Write(plan, "Sizes", [.. SpecText.Lines(plan.Declaration), .. Sizes(plan)], w => Constants(plan, w)));
        yield return new GeneratedFile($"{prefix}.Weights.g.cs", SourceFile.Write(plan, "Weights", [], new WeightsWriter(plan).Write));
        cancellation.ThrowIfCancellationRequested();
        foreach (InferenceClass inference in InferenceClass.Of(plan))
        {
            Action<CodeWriter> write = plan.Declaration.Spec.Architecture == Architecture.EncoderOnly
                ? new EncoderWriter(plan, inference).Write
                : new SessionWriter(plan, inference).Write;
            yield return new GeneratedFile($"{prefix}.{inference.Name}.g.cs", SourceFile.Write(plan, "Inference", [], write));
            cancellation.ThrowIfCancellationRequested();
        }
        if (plan.Declaration.Training is not null)
            yield return new GeneratedFile($"{prefix}.Trainer.g.cs", SourceFile.Write(plan, "Training", [], new TrainerWriter(plan).Write));
        yield return new GeneratedFile($"{prefix}.Kernels.g.cs", SourceFile.Write(plan, "Kernels", [], plan.Kernels.Write));
    }

    private static IEnumerable<string> Sizes(CSharpPlan plan)
    {
        ModelGraph model = plan.Model;
        InferenceClass inference = InferenceClass.Of(plan).First();
        yield return $"parameters: {Group(model.ParameterCount)} ({Group(plan.Storage.ParameterFloats * sizeof(float))} bytes in memory)";
        yield return plan.Declaration.Spec.Architecture == Architecture.EncoderOnly
            ? $"encoder: {Group(inference.Floats * sizeof(float))} bytes of activations, {Group(model.Program(Programs.Encode).FloatingPointOperations)} operations a full pass"
            : $"session: {Group(inference.Floats * sizeof(float))} bytes of activations, {Group(plan.Storage.StateFloats * sizeof(float))} of cache a row, "
                + $"{Group(model.Program(Programs.Decode).FloatingPointOperations)} operations a decoding step";
        if (plan.Declaration.Training is not null)
        {
            yield return $"trainer: {Group(plan.Storage.TrainedFloats * sizeof(float))} bytes of gradients, {Group(plan.Trainer.UsedFloats * sizeof(float))} of activations, "
                + $"{Group(Math.Max(0, plan.Trainer.Floats - plan.Storage.TrainedFloats) * sizeof(float))} of them beside the gradients' memory, "
                + $"{Group(model.Program(Programs.Train).FloatingPointOperations)} operations a step";
        }
    }

    private static void Constants(CSharpPlan plan, CodeWriter writer)
    {
        TransformerSpec spec = plan.Declaration.Spec;
        if (spec.Embedding.Image is null) Constant("Tokens that the model knows.", "VocabularySize", spec.Main.VocabularySize);
        Constant("Positions that a sequence may have.", "ContextLength", spec.Main.ContextLength);
        if (spec.Architecture == Architecture.EncoderDecoder)
        {
            Constant("Tokens that the encoder knows.", "SourceVocabularySize", spec.Encoder!.VocabularySize);
            Constant("Positions that a source may have.", "SourceLength", spec.Encoder.ContextLength);
        }
        if (spec.Head.Labels > 0 && spec.Head.Kind != HeadKind.SpanExtraction) Constant("Classes that the head tells apart.", "Labels", spec.Head.Labels);
        Constant("Width of the residual stream.", "DModel", spec.DModel);
        Constant("Number of layers.", "Layers", spec.Main.Layers);
        Constant("Number of parameters, tied ones counted once.", "ParameterCount", plan.Model.ParameterCount, "long");

        void Constant(string summary, string name, long value, string type = "int")
        {
            writer.Line($"/// <summary>{summary}</summary>");
            writer.Line($"public const {type} {name} = {CSharpPlan.Number(value)};");
        }
    }

    private static string Group(long value) => value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
}
