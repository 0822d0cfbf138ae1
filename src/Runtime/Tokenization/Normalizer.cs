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

    /// <summary>Takes white space away from the beginning.</summary>
    public sealed record StripLeft : Normalizer
    {
        public override string Apply(string text) => text.TrimStart();
    }

    /// <summary>Takes white space away from the end.</summary>
    public sealed record StripRight : Normalizer
    {
        public override string Apply(string text) => text.TrimEnd();
    }

    /// <summary>Puts a text in the place of each run of two spaces or more.</summary>
    public sealed record ReplaceRuns(string New) : Normalizer
    {
        public override string Apply(string text)
        {
            if (!text.Contains("  ", StringComparison.Ordinal)) return text;
            var replaced = new System.Text.StringBuilder(text.Length);
            for (int start = 0; start < text.Length;)
            {
                int end = start;
                while (end < text.Length && text[end] == ' ') end++;
                if (end - start >= 2) replaced.Append(New);
                else replaced.Append(text[start]);
                start = Math.Max(end, start + 1);
            }

            return replaced.ToString();
        }
    }

    public sealed record Replace(string Old, string New) : Normalizer
    {
        public override string Apply(string text) => text.Replace(Old, New, StringComparison.Ordinal);
    }
}
