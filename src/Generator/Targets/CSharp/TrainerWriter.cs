using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the <c>Trainer</c> class: forward and backward over one static batch.</summary>
internal sealed class TrainerWriter(CSharpPlan plan)
{
    public void Write(CodeWriter writer)
    {
        ModelDeclaration declaration = plan.Declaration;
        ProgramGraph program = plan.Model.Program(Programs.Train);

        writer.Line($"/// <summary>Trains <see cref=\"{declaration.Name}\"/> on batches of {Batches}.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open($"public sealed class Trainer : Training::{Base}");
        writer.Line("/// <summary>Takes the weights exclusively until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters, which training changes in place.</param>");
        writer.Line("/// <param name=\"optimizer\">The rule and the rates of the updates.</param>");
        writer.Line("/// <param name=\"options\">Seed and threads; the defaults when null.</param>");
        writer.Line("public Trainer(Weights weights, Training::Optimizer optimizer, Training::TrainerOptions? options = null)");
        using (writer.Open("    : base(weights, optimizer, s_shape, options)")) { }
        writer.Line();
        WriteShape(writer, plan.Trainer.Floats);
        TableFiller.Write(plan, program, writer);

        var phases = new ProgramWriter(plan, program, writer);
        phases.Phase("protected override float ForwardPass()", Programs.ForwardPhase, "Forward");
        phases.Phase("protected override void BackwardPass()", Differentiation.BackwardPhase, "Backward");
    }

    /// <summary>The run-time class that it derives from.</summary>
    public string Base =>
        plan.Declaration is { Spec.Architecture: Architecture.DecoderOnly, Training.Loss.Kind: LossKind.CrossEntropy } ? "LanguageModelTrainer" : "ModelTrainer";

    /// <summary>What batches are of, for the summary.</summary>
    public string Batches
    {
        get
        {
            TrainingSpec training = plan.Declaration.Training!;
            string batch = CSharpPlan.Number(training.BatchSize);
            return plan.Declaration.Spec.Embedding.Image is null ? $"{batch} sequences of {CSharpPlan.Number(training.SequenceLength)} tokens" : $"{batch} images";
        }
    }

    /// <summary>Writes the sizes.</summary>
    /// <param name="writer">The class.</param>
    /// <param name="activationFloats">The host's scratch.</param>
    public void WriteShape(CodeWriter writer, long activationFloats)
    {
        (TransformerSpec spec, TrainingSpec training) = (plan.Declaration.Spec, plan.Declaration.Training!);
        ShapeText.Write(writer, "Training::TrainerShape", Sizes(spec, training, activationFloats), Options(spec, training, activationFloats));
    }

    private IEnumerable<(string Name, string Value)> Sizes(TransformerSpec spec, TrainingSpec training, long activationFloats)
    {
        yield return ("VocabularySize", CSharpPlan.Number(spec.Main.VocabularySize));
        yield return ("BatchSize", CSharpPlan.Number(training.BatchSize));
        yield return ("SequenceLength", CSharpPlan.Number(training.SequenceLength));
        yield return ("ActivationFloats", CSharpPlan.Native(activationFloats));
        yield return ("TableFloats", CSharpPlan.Native(plan.Storage.TableFloats));
    }

    private static IEnumerable<(string Name, string Value)> Options(TransformerSpec spec, TrainingSpec training, long activationFloats)
    {
        if (activationFloats > 0) yield return ("ActivationsAmongGradients", "true");
        foreach ((string, string) input in ShapeText.Inputs(spec)) yield return input;
        if (spec.Architecture == Architecture.EncoderOnly && spec.Embedding.Image is null) yield return ("HasAttentionMask", "true");
        if (spec.Architecture == Architecture.EncoderDecoder)
        {
            yield return ("SourceVocabularySize", CSharpPlan.Number(spec.Encoder!.VocabularySize));
            yield return ("SourceLength", CSharpPlan.Number(training.SourceLength));
        }
        if (Targets(spec.Head.Kind, training.Loss.Kind) is var targets and not "Token") yield return ("Targets", $"Training::TargetKind.{targets}");
        if (spec.Head.Labels > 0 && spec.Head.Kind != HeadKind.SpanExtraction) yield return ("Labels", CSharpPlan.Number(spec.Head.Labels));
    }

    private static string Targets(HeadKind head, LossKind loss) => (head, loss) switch
    {
        (HeadKind.SpanExtraction, _) => "Span",
        (HeadKind.SequenceClassification, LossKind.CrossEntropy) => "Sequence",
        (HeadKind.SequenceClassification, _) => "Values",
        (_, LossKind.CrossEntropy) => "Token",
        _ => "TokenValues",
    };
}
