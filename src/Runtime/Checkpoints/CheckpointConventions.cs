using System.ComponentModel;
using System.IO.Enumeration;

namespace Transformer.Compiled.Checkpoints;

/// <summary>What a family's checkpoints vary in.</summary>
/// <param name="optionalPrefix">Names with and without it are one (for instance <c>"transformer."</c>); empty for none.</param>
/// <param name="tiedAliases">Names under which a checkpoint may hold a tensor once more, or instead: (alias, the tensor's name).</param>
/// <param name="ignoredPatterns">
/// Patterns, with <c>*</c> for any characters, of names with or without the prefix that are passed over: buffers that older versions stored.
/// </param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class CheckpointConventions(string optionalPrefix, (string Alias, string Name)[] tiedAliases, string[] ignoredPatterns)
{
    /// <summary>
    /// Names under this prefix are a trainer's, not the model's, and are passed over when weights are loaded: thus a training checkpoint can
    /// be loaded as weights, too.
    /// </summary>
    public const string TrainingPrefix = "training.";

    /// <summary>Names under which a checkpoint may hold a tensor once more, or instead; a tensor may have several.</summary>
    public ReadOnlySpan<(string Alias, string Name)> TiedAliases => tiedAliases;

    /// <summary>
    /// Patterns, with <c>*</c> for any characters, of names with or without the prefix that belong to a head, the model's own or that of
    /// another task.
    /// </summary>
    public string[] HeadPatterns { get; init; } = [];

    /// <summary>The name without the optional prefix.</summary>
    internal string Canonical(string name) =>
        name.StartsWith(optionalPrefix, StringComparison.Ordinal) ? name[optionalPrefix.Length..] : name;

    internal bool Ignores(string name) => name.StartsWith(TrainingPrefix, StringComparison.Ordinal) || MatchesAny(name, ignoredPatterns);

    internal bool IsOfHead(string name) => MatchesAny(name, HeadPatterns);

    private bool MatchesAny(string name, string[] patterns)
    {
        foreach (string pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)) return true;
            if (FileSystemName.MatchesSimpleExpression(pattern, Canonical(name), ignoreCase: false)) return true;
        }

        return false;
    }
}
