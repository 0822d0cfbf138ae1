namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Where one stack's parameters, values and methods have their names.</summary>
/// <param name="Prefix">Before the names of a model with two stacks, such as <c>encoder.</c>; empty for the only stack.</param>
/// <param name="SectionPrefix">Before the names of sections, such as <c>Encoder</c>.</param>
/// <param name="TokenTable">The table of token embeddings, which stacks may share.</param>
internal sealed record StackNames(string Prefix, string SectionPrefix, string TokenTable)
{
    public static StackNames Only { get; } = new("", "", ParameterNames.TokenEmbedding);

    /// <summary>One of the two stacks of an encoder–decoder.</summary>
    public static StackNames Of(string prefix, bool sharesTokens) => new(
        prefix,
        char.ToUpperInvariant(prefix[0]) + prefix.Substring(1, prefix.Length - 2),
        sharesTokens ? ParameterNames.TokenEmbedding : prefix + ParameterNames.TokenEmbedding);

    public string Of(string module) => Prefix + module;

    public string Module(int layer, string module) => Prefix + ParameterNames.Layer(layer, module);

    public string Section(string section) => SectionPrefix + section;
}
