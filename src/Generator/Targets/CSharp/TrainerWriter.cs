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
        TrainingSpec training = declaration.Training!;
        ProgramGraph program = plan.Model.Program(Programs.Train);
        bool isLanguageModel = declaration.Spec.Architecture == Architecture.DecoderOnly && training.Loss.Kind == LossKind.CrossEntropy;
        string sequences = declaration.Spec.Embedding.Image is null ? $"sequences of {CSharpPlan.Number(training.SequenceLength)} tokens" : "images";

        writer.Line($"/// <summary>Trains <see cref=\"{declaration.Name}\"/> on batches of {CSharpPlan.Number(training.BatchSize)} {sequences}.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open($"public sealed class Trainer : Training::{(isLanguageModel ? "LanguageModelTrainer" : "ModelTrainer")}");
        writer.Line("/// <summary>Takes the weights exclusively until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters, which training changes in place.</param>");
        writer.Line("/// <param name=\"optimizer\">The rule and the rates of the updates.</param>");
        writer.Line("/// <param name=\"options\">Seed and threads; the defaults when null.</param>");
        writer.Line("public Trainer(Weights weights, Training::Optimizer optimizer, Training::TrainerOptions? options = null)");
        using (writer.Open("    : base(weights, optimizer, s_shape, options)")) { }
        writer.Line();
        ShapeText.Write(writer, "Training::TrainerShape", Sizes(declaration.Spec, training), Options(declaration.Spec, training));
        TableFiller.Write(plan, program, writer);

        var phases = new ProgramWriter(plan, program, writer);
        phases.Phase("protected override float ForwardPass()", Programs.ForwardPhase, "Forward");
        phases.Phase("protected override void BackwardPass()", Differentiation.BackwardPhase, "Backward");
    }

    private IEnumerable<(string Name, string Value)> Sizes(TransformerSpec spec, TrainingSpec training)
    {
        yield return ("VocabularySize", CSharpPlan.Number(spec.Main.VocabularySize));
        yield return ("BatchSize", CSharpPlan.Number(training.BatchSize));
        yield return ("SequenceLength", CSharpPlan.Number(training.SequenceLength));
        yield return ("ActivationFloats", CSharpPlan.Native(plan.TrainerFloats));
        yield return ("TableFloats", CSharpPlan.Native(plan.Storage.TableFloats));
    }

    private static IEnumerable<(string Name, string Value)> Options(TransformerSpec spec, TrainingSpec training)
    {
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
