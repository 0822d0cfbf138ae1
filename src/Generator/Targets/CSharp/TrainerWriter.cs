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

        writer.Line($"/// <summary>Trains <see cref=\"{declaration.Name}\"/> on batches of {CSharpPlan.Number(training.BatchSize)} sequences of {CSharpPlan.Number(training.SequenceLength)} tokens.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open("public sealed class Trainer : Training::LanguageModelTrainer");
        writer.Line("/// <summary>Takes the weights exclusively until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters, which training changes in place.</param>");
        writer.Line("/// <param name=\"optimizer\">The rule and the rates of the updates.</param>");
        writer.Line("/// <param name=\"options\">Seed and threads; the defaults when null.</param>");
        writer.Line("public Trainer(Weights weights, Training::Optimizer optimizer, Training::TrainerOptions? options = null)");
        using (writer.Open("    : base(weights, optimizer, s_shape, options)")) { }
        writer.Line();
        writer.Line("private static readonly Training::TrainerShape s_shape = new(");
        writer.Continue(
            $"VocabularySize: {CSharpPlan.Number(declaration.Spec.Main.VocabularySize)},\n"
            + $"BatchSize: {CSharpPlan.Number(training.BatchSize)},\n"
            + $"SequenceLength: {CSharpPlan.Number(training.SequenceLength)},\n"
            + $"ActivationFloats: {CSharpPlan.Native(plan.TrainerFloats)},\n"
            + $"TableFloats: {CSharpPlan.Native(plan.Storage.TableFloats)});");
        TableFiller.Write(plan, program, writer);

        var phases = new ProgramWriter(plan, program, writer);
        phases.Phase("protected override float ForwardPass()", Programs.ForwardPhase, "Forward");
        phases.Phase("protected override void BackwardPass()", Differentiation.BackwardPhase, "Backward");
    }
}
