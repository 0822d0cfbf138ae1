using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>One of the classes that a model runs in: the plain one, or the one whose attention can be seen.</summary>
internal sealed class InferenceClass
{
    private readonly CSharpPlan _plan;
    private readonly Sight _sight;

    private InferenceClass(CSharpPlan plan, Sight sight)
    {
        _plan = plan;
        _sight = sight;
    }

    /// <summary>The classes of a model.</summary>
    public static IEnumerable<InferenceClass> Of(CSharpPlan plan)
    {
        yield return new InferenceClass(plan, Sight.None);
        if (plan.Declaration.CapturesAttention) yield return new InferenceClass(plan, Sight.Tokens);
    }

    /// <summary>The class's name.</summary>
    public string Name
    {
        get
        {
            string name = _plan.Declaration.Spec.Architecture == Architecture.EncoderOnly ? "Encoder" : "Session";
            return IsSeeing ? "Attention" + name : name;
        }
    }

    /// <summary>The run-time class that it derives from.</summary>
    public string Base
    {
        get
        {
            string name = _plan.Declaration.Spec.Architecture switch
            {
                Architecture.EncoderOnly => "EncoderSession",
                Architecture.EncoderDecoder => "EncoderDecoderSession",
                _ => "DecoderSession",
            };
            return "Generation::" + (IsSeeing ? "Attention" + name : name);
        }
    }

    /// <summary>What the class does besides running the model, as a sentence for its summary.</summary>
    public string Remark => IsSeeing ? " Who attended to whom can be seen." : "";

    /// <summary>The scratch that its programs share.</summary>
    public long Floats => new[] { Programs.Encode, Programs.Prefill, Programs.Decode }
        .Select(_sight.NameOf).Where(name => _plan.Model.Programs.Exists(program => program.Name == name)).Max(_plan.FloatsOf);

    private bool IsSeeing => _sight != Sight.None;

    public ProgramGraph Program(string name) => _plan.Model.Program(_sight.NameOf(name));

    /// <summary>The sizes of what is seen, among the others of the class's shape.</summary>
    public IEnumerable<(string Name, string Value)> Options()
    {
        if (!IsSeeing) yield break;
        TransformerSpec spec = _plan.Declaration.Spec;
        yield return ("CapturedLayers", CSharpPlan.Number(spec.Main.Layers));
        yield return ("CapturedHeads", CSharpPlan.Number(spec.Main.Attention.Heads));
        if (spec.Architecture != Architecture.EncoderDecoder) yield break;
        yield return ("CapturedSourceLayers", CSharpPlan.Number(spec.Encoder!.Layers));
        yield return ("CapturedSourceHeads", CSharpPlan.Number(spec.Encoder.Attention.Heads));
    }
}
