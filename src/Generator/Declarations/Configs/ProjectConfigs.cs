using Microsoft.CodeAnalysis;

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>A JSON file among the project's additional files.</summary>
internal sealed record ConfigFile(string Path, string Text)
{
    public static bool IsCandidate(AdditionalText file) => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    public static ConfigFile Read(AdditionalText file, CancellationToken cancellation)
        => new(file.Path, file.GetText(cancellation)?.ToString() ?? "");
}

/// <summary>The project's JSON files and the directory to which paths are relative (null where the build does not say).</summary>
internal sealed record ProjectConfigs(string? ProjectDirectory, EquatableArray<ConfigFile> Files)
{
    /// <summary>
    /// The files at a project-relative path. Without a project directory these are all files whose path ends so, and there may be several.
    /// </summary>
    public IReadOnlyList<ConfigFile> Find(string normalizedPath)
    {
        List<ConfigFile> found = [];
        string? fullPath = ProjectDirectory is null ? null : ConfigPath.Normalize(ProjectDirectory + "/" + normalizedPath);
        foreach (ConfigFile file in Files)
        {
            string candidate = ConfigPath.Normalize(file.Path);
            bool matches = fullPath is null
                ? candidate == normalizedPath || candidate.EndsWith("/" + normalizedPath, StringComparison.Ordinal)
                : candidate == fullPath || candidate == normalizedPath;
            if (matches && !found.Exists(other => other.Path == file.Path)) found.Add(file);
        }

        return found;
    }
}
