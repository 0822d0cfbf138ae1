using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the <c>Encoder</c> class of an encoder-only model.</summary>
internal sealed class EncoderWriter(CSharpPlan plan, InferenceClass inference)
{
    public void Write(CodeWriter writer)
    {
        ModelDeclaration declaration = plan.Declaration;
        ProgramGraph encode = inference.Program(Programs.Encode);

        writer.Line($"/// <summary>Runs <see cref=\"{declaration.Name}\"/> on whole sequences.{inference.Remark}</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open($"public sealed class {inference.Name} : {inference.Base}");
        writer.Line("/// <summary>Holds the weights until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters; many encoders may share them.</param>");
        writer.Line("/// <param name=\"team\">The threads to compute on; the shared team when null.</param>");
        writer.Line($"public {inference.Name}(Weights weights, Threading::ComputeTeam? team = null)");
        writer.Continue(": base(weights, s_shape, team) => Initialize();");
        writer.Line();
        WriteShape(writer, inference.Floats);
        TableFiller.Write(plan, encode, writer);
        new ProgramWriter(plan, encode, writer).Phase("protected override void EncodeLayers(int rows)", Programs.EncodePhase, "Encode");
    }

    /// <summary>Writes the sizes.</summary>
    /// <param name="writer">The class.</param>
    /// <param name="activationFloats">The host's scratch.</param>
    public void WriteShape(CodeWriter writer, long activationFloats) => ShapeText.Write(writer, "Generation::EncoderShape", [], Sizes(activationFloats));

    private IEnumerable<(string Name, string Value)> Sizes(long activationFloats)
    {
        (TransformerSpec spec, InferenceSpec programs) = (plan.Declaration.Spec, plan.Declaration.Inference);
        yield return ("Batch", CSharpPlan.Number(programs.Batch));
        yield return ("SequenceLength", CSharpPlan.Number(programs.SequenceLength));
        yield return ("DModel", CSharpPlan.Number(spec.DModel));
        yield return ("ActivationFloats", CSharpPlan.Native(activationFloats));
        yield return ("TableFloats", CSharpPlan.Native(plan.Storage.TableFloats));
        if (spec.Main.VocabularySize > 0) yield return ("VocabularySize", CSharpPlan.Number(spec.Main.VocabularySize));
        foreach ((string, string) input in ShapeText.Inputs(spec)) yield return input;
        if (programs.HiddenStates) yield return ("HiddenLayers", CSharpPlan.Number(spec.Main.Layers + 1));
        if (spec.Head.Pooling != PoolingKind.None) yield return ("PooledWidth", CSharpPlan.Number(spec.DModel));
        (string per, int columns) = spec.Head.Kind switch
        {
            HeadKind.LanguageModel or HeadKind.MaskedLanguageModel => ("Token", spec.Main.VocabularySize),
            HeadKind.TokenClassification => ("Token", spec.Head.Labels),
            HeadKind.SequenceClassification => ("Sequence", spec.Head.Labels),
            HeadKind.SpanExtraction => ("Span", 0),
            _ => ("None", 0),
        };
        yield return ("LogitsPer", $"Generation::LogitsPer.{per}");
        if (columns > 0) yield return ("LogitColumns", CSharpPlan.Number(columns));
        foreach ((string, string) seen in inference.Options()) yield return seen;
    }
}
