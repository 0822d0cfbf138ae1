using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the <c>Session</c> class: prefill and decode.</summary>
internal sealed class SessionWriter(CSharpPlan plan)
{
    public void Write(CodeWriter writer)
    {
        ModelDeclaration declaration = plan.Declaration;
        ProgramGraph prefill = plan.Model.Program(Programs.Prefill);
        ProgramGraph decode = plan.Model.Program(Programs.Decode);

        writer.Line($"/// <summary>Runs <see cref=\"{declaration.Name}\"/> on text: prefill a prompt, then decode token by token.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open("public sealed class Session : Generation::DecoderSession");
        writer.Line("/// <summary>Holds the weights until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters; many sessions may share them.</param>");
        writer.Line("/// <param name=\"team\">The threads to compute on; the shared team when null.</param>");
        writer.Line("public Session(Weights weights, Threading::ComputeTeam? team = null)");
        writer.Continue(": base(weights, s_shape, team) => Initialize();");
        writer.Line();
        writer.Line("private static readonly Generation::DecoderShape s_shape = new(");
        writer.Continue(
            $"VocabularySize: {CSharpPlan.Number(declaration.Spec.Main.VocabularySize)},\n"
            + $"ContextLength: {CSharpPlan.Number(declaration.Spec.Main.ContextLength)},\n"
            + $"Batch: {CSharpPlan.Number(declaration.Inference.Batch)},\n"
            + $"PrefillChunk: {CSharpPlan.Number(declaration.Inference.PrefillChunk)},\n"
            + $"ActivationFloats: {CSharpPlan.Native(plan.SessionFloats)},\n"
            + $"StateFloatsPerSlot: {CSharpPlan.Native(plan.Storage.StateFloats)},\n"
            + $"TableFloats: {CSharpPlan.Native(plan.Storage.TableFloats)});");
        TableFiller.Write(plan, decode, writer);

        var prefillWriter = new ProgramWriter(plan, prefill, writer);
        prefillWriter.Phase("protected override void PrefillLayers(int rows)", Programs.PrefillPhase, "Prefill");
        prefillWriter.Phase("protected override void LastLogits(int row)", Programs.LastLogitsPhase, "");
        prefillWriter.Phase("protected override void ChunkLogits(int rows, Memory::Pointer<float> logits)", Programs.ChunkLogitsPhase, "");
        new ProgramWriter(plan, decode, writer).Phase("protected override void DecodeStep()", Programs.DecodePhase, "Decode");
    }
}
