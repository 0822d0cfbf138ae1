using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the <c>Session</c> class: prefill and decode.</summary>
internal sealed class SessionWriter(CSharpPlan plan, InferenceClass inference)
{
    public void Write(CodeWriter writer)
    {
        ModelDeclaration declaration = plan.Declaration;
        ProgramGraph prefill = inference.Program(Programs.Prefill);
        ProgramGraph decode = inference.Program(Programs.Decode);
        bool hasSource = declaration.Spec.Architecture == Architecture.EncoderDecoder;

        writer.Line($"/// <summary>Runs <see cref=\"{declaration.Name}\"/> on text: {(hasSource ? "encode a source, then decode" : "prefill a prompt, then decode")} token by token.{inference.Remark}</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block type = writer.Open($"public sealed class {inference.Name} : {inference.Base}");
        writer.Line("/// <summary>Holds the weights until it is disposed; allocates all its memory here.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters; many sessions may share them.</param>");
        writer.Line("/// <param name=\"team\">The threads to compute on; the shared team when null.</param>");
        writer.Line($"public {inference.Name}(Weights weights, Threading::ComputeTeam? team = null)");
        writer.Continue(": base(weights, s_shape, team) => Initialize();");
        writer.Line();
        WriteShape(writer, inference.Floats, plan.Storage.StateFloats);
        TableFiller.Write(plan, decode, writer);

        if (hasSource)
            new ProgramWriter(plan, inference.Program(Programs.Encode), writer).Phase("protected override void EncodeSource(int rows)", Programs.EncodeSourcePhase, "Encode");
        var prefillWriter = new ProgramWriter(plan, prefill, writer);
        prefillWriter.Phase("protected override void PrefillLayers(int rows)", Programs.PrefillPhase, "Prefill");
        prefillWriter.Phase("protected override void LastLogits(int row)", Programs.LastLogitsPhase, "");
        prefillWriter.Phase("protected override void ChunkLogits(int rows, Memory::Pointer<float> logits)", Programs.ChunkLogitsPhase, "");
        new ProgramWriter(plan, decode, writer).Phase("protected override void DecodeStep()", Programs.DecodePhase, "Decode");
    }

    /// <summary>Writes the sizes, and where caches are.</summary>
    /// <param name="writer">The class.</param>
    /// <param name="activationFloats">The host's scratch.</param>
    /// <param name="stateFloats">The host's memory for the caches of a row.</param>
    public void WriteShape(CodeWriter writer, long activationFloats, long stateFloats)
    {
        ShapeText.Write(writer, "Generation::DecoderShape", Sizes(activationFloats, stateFloats), Options());
        WriteCaches(writer);
    }

    private IEnumerable<(string Name, string Value)> Sizes(long activationFloats, long stateFloats)
    {
        TransformerSpec spec = plan.Declaration.Spec;
        yield return ("VocabularySize", CSharpPlan.Number(spec.Main.VocabularySize));
        yield return ("ContextLength", CSharpPlan.Number(spec.Main.ContextLength));
        yield return ("Batch", CSharpPlan.Number(plan.Declaration.Inference.Batch));
        yield return ("PrefillChunk", CSharpPlan.Number(plan.Declaration.Inference.PrefillChunk));
        yield return ("ActivationFloats", CSharpPlan.Native(activationFloats));
        yield return ("StateFloatsPerSlot", CSharpPlan.Native(stateFloats));
        yield return ("TableFloats", CSharpPlan.Native(plan.Storage.TableFloats));
    }

    private IEnumerable<(string Name, string Value)> Options()
    {
        TransformerSpec spec = plan.Declaration.Spec;
        if (HasCaches) yield return ("Caches", "Caches()");
        foreach ((string, string) seen in inference.Options()) yield return seen;
        if (spec.Architecture != Architecture.EncoderDecoder) yield break;
        yield return ("SourceCaches", "SourceCaches()");
        yield return ("SourceVocabularySize", CSharpPlan.Number(spec.Encoder!.VocabularySize));
        yield return ("SourceLength", CSharpPlan.Number(spec.Encoder.ContextLength));
    }

    /// <summary>Where caches are, so that rows exchange what they hold and no more.</summary>
    private void WriteCaches(CodeWriter writer)
    {
        if (HasCaches) WriteCaches(writer, "Caches", CacheOwner.Tokens);
        if (plan.Declaration.Spec.Architecture == Architecture.EncoderDecoder) WriteCaches(writer, "SourceCaches", CacheOwner.Source);
    }

    private void WriteCaches(CodeWriter writer, string name, CacheOwner owner)
    {
        writer.Line();
        using CodeWriter.Block list = writer.OpenList($"private static Kernel::CacheRegion[] {name}() =>");
        foreach (StateSlot state in plan.Model.States)
        {
            if (state.Cache is not { } cache || cache.Owner != owner) continue;
            writer.Line($"new(Kernel::CachePart.{cache.Part}, {CSharpPlan.Native(plan.Storage.OffsetOf(state))}, "
                + $"{CSharpPlan.Number(cache.Heads)}, {CSharpPlan.Number(cache.HeadDim)}, {CSharpPlan.Number(cache.Positions)}),");
        }
    }

    private bool HasCaches => plan.Declaration.Inference.Batch > 1 || plan.Declaration.Spec.Architecture == Architecture.EncoderDecoder;
}
