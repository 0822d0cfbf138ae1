namespace Transformer.Compiled.Tokenization;

/// <summary>A step that changes a text before it is split into words.</summary>
internal abstract record Normalizer
{
    public abstract string Apply(string text);

    /// <summary>Puts a prefix before a text that is not empty.</summary>
    public sealed record Prepend(string Prefix) : Normalizer
    {
        public override string Apply(string text) => text.Length == 0 ? text : Prefix + text;
    }

    public sealed record Replace(string Old, string New) : Normalizer
    {
        public override string Apply(string text) => text.Replace(Old, New, StringComparison.Ordinal);
    }
}
