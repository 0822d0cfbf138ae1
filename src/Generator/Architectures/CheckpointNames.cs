using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>A checkpoint's tensor: the stack of some parameters, transposed where the family stores it so.</summary>
internal sealed record CheckpointEntry(string Name, bool IsTransposed, IReadOnlyList<Parameter> Parameters)
{
    public IReadOnlyList<int> Shape
    {
        get
        {
            int rows = Parameters.Sum(p => p.Rows);
            if (Parameters[0].IsVector) return [rows];
            int columns = Parameters[0].Columns;
            return IsTransposed ? [columns, rows] : [rows, columns];
        }
    }
}

/// <summary>What checkpoints of a family vary in.</summary>
/// <param name="OptionalPrefix">Names are read with and without it, and written with it.</param>
/// <param name="TiedHead">The name under which a tied head may appear a second time; null where there is none.</param>
/// <param name="Ignored">Patterns of tensors that are no parameters (masks, rotary frequencies).</param>
internal sealed record CheckpointConventions(string OptionalPrefix, string? TiedHead, IReadOnlyList<string> Ignored);

/// <summary>One table for each family: from the project's parameter names to the checkpoint's.</summary>
internal static class CheckpointNames
{
    /// <param name="Prefix">Before every name but the head's.</param>
    /// <param name="Layer">What stands for <c>layers</c>, followed by the index.</param>
    /// <param name="Modules">The project's module to the checkpoint's; modules that share a name are stacked in one tensor.</param>
    /// <param name="Transposed">The modules (in the checkpoint's names) whose weights are stored [inputs, outputs].</param>
    private sealed record Family(
        string Prefix, string Layer, IReadOnlyDictionary<string, string> Modules, IReadOnlyList<string> Transposed, IReadOnlyList<string> Ignored);

    private static readonly Family s_gpt2 = new(
        "transformer.",
        "h",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["embedding.tokens"] = "wte",
            ["embedding.positions"] = "wpe",
            [ParameterNames.AttentionNorm] = "ln_1",
            [ParameterNames.Query] = "attn.c_attn",
            [ParameterNames.Key] = "attn.c_attn",
            [ParameterNames.Value] = "attn.c_attn",
            [ParameterNames.AttentionOutput] = "attn.c_proj",
            [ParameterNames.FeedForwardNorm] = "ln_2",
            [ParameterNames.Up] = "mlp.c_fc",
            [ParameterNames.Down] = "mlp.c_proj",
            [ParameterNames.FinalNorm] = "ln_f",
        },
        ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"],
        ["*.attn.bias", "*.attn.masked_bias"]);

    private static readonly Family s_llama = new(
        "model.",
        "layers",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["embedding.tokens"] = "embed_tokens",
            [ParameterNames.AttentionNorm] = "input_layernorm",
            [ParameterNames.Query] = "self_attn.q_proj",
            [ParameterNames.Key] = "self_attn.k_proj",
            [ParameterNames.Value] = "self_attn.v_proj",
            [ParameterNames.AttentionOutput] = "self_attn.o_proj",
            [ParameterNames.FeedForwardNorm] = "post_attention_layernorm",
            [ParameterNames.Gate] = "mlp.gate_proj",
            [ParameterNames.Up] = "mlp.up_proj",
            [ParameterNames.Down] = "mlp.down_proj",
            [ParameterNames.FinalNorm] = "norm",
        },
        [],
        ["*.rotary_emb.inv_freq"]);

    private const string HeadInCheckpoints = "lm_head";

    /// <summary>The tensors of the model's checkpoint, in the order of the forward pass.</summary>
    public static IReadOnlyList<CheckpointEntry> Of(TransformerSpec spec, ModelGraph model)
    {
        if (FamilyOf(spec) is not { } family) return [.. model.Parameters.Select(p => new CheckpointEntry(p.Name, false, [p]))];
        var entries = new List<CheckpointEntry>();
        var byName = new Dictionary<string, List<Parameter>>(StringComparer.Ordinal);
        foreach (Parameter parameter in model.Parameters)
        {
            (string name, bool isTransposed) = Translate(family, parameter);
            if (byName.TryGetValue(name, out List<Parameter>? stack))
            {
                stack.Add(parameter);
                continue;
            }
            byName.Add(name, stack = [parameter]);
            entries.Add(new CheckpointEntry(name, isTransposed, stack));
        }
        return entries;
    }

    public static CheckpointConventions ConventionsOf(TransformerSpec spec)
    {
        string? tiedHead = spec.Head.Tied ? ParameterNames.Weight(HeadInCheckpoints) : null;
        return FamilyOf(spec) is { } family
            ? new CheckpointConventions(family.Prefix, tiedHead, family.Ignored)
            : new CheckpointConventions("", null, []);
    }

    private static Family? FamilyOf(TransformerSpec spec) => spec.Checkpoint switch
    {
        CheckpointFamily.Native => null,
        CheckpointFamily.Gpt2 => s_gpt2,
        CheckpointFamily.Llama => s_llama,
        CheckpointFamily unknown => throw new ArgumentException($"{unknown} is not a checkpoint family."),
    };

    private static (string Name, bool IsTransposed) Translate(Family family, Parameter parameter)
    {
        int dot = parameter.Name.LastIndexOf('.');
        string module = parameter.Name.Substring(0, dot), suffix = parameter.Name.Substring(dot);
        if (module == ParameterNames.Head) return (HeadInCheckpoints + suffix, false);
        string layer = "";
        if (module.StartsWith("layers.", StringComparison.Ordinal))
        {
            int end = module.IndexOf('.', "layers.".Length);
            layer = family.Layer + module.Substring("layers".Length, end + 1 - "layers".Length);
            module = module.Substring(end + 1);
        }
        string name = family.Modules[module];
        return (family.Prefix + layer + name + suffix, !parameter.IsVector && family.Transposed.Contains(name));
    }
}
