using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>A JSON file among the project's additional files, and the name that the project gives it (null for none).</summary>
internal sealed record ConfigFile(string Path, string Text, string? Name)
{
    private const string NameMetadata = "build_metadata.AdditionalFiles.ConfigName";

    public static bool IsCandidate(AdditionalText file) => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    public static ConfigFile Read(AdditionalText file, AnalyzerConfigOptions options, CancellationToken cancellation)
    {
        bool isNamed = options.TryGetValue(NameMetadata, out string? name) && name.Trim().Length > 0;
        return new ConfigFile(file.Path, file.GetText(cancellation)?.ToString() ?? "", isNamed ? ConfigPath.Normalize(name!.Trim()) : null);
    }
}

/// <summary>The project's JSON files and the directory to which paths are relative (null where the build does not say).</summary>
internal sealed record ProjectConfigs(string? ProjectDirectory, EquatableArray<ConfigFile> Files)
{
    /// <summary>
    /// The files of that name or at that project-relative path; there may be several. Without a project directory all files whose path ends so
    /// are at the path.
    /// </summary>
    public IReadOnlyList<ConfigFile> Find(string normalizedPath)
    {
        List<ConfigFile> found = [];
        string? fullPath = ProjectDirectory is null ? null : ConfigPath.Normalize(ProjectDirectory + "/" + normalizedPath);
        foreach (ConfigFile file in Files)
        {
            string candidate = ConfigPath.Normalize(file.Path);
            bool isAtPath = fullPath is null
                ? candidate == normalizedPath || candidate.EndsWith("/" + normalizedPath, StringComparison.Ordinal)
                : candidate == fullPath || candidate == normalizedPath;
            if ((isAtPath || file.Name == normalizedPath) && !found.Exists(other => other.Path == file.Path)) found.Add(file);
        }

        return found;
    }
}
