namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Paths as text, compared ordinally; the generator touches no file system.</summary>
internal static class ConfigPath
{
    /// <summary>Whether a path names a file relative to some directory.</summary>
    public static bool IsRelative(string path)
        => path.Trim().Length > 0 && path[0] is not ('/' or '\\') && path.IndexOf(':') < 0;

    /// <summary>With <c>/</c> between the parts and without <c>.</c>, empty parts and such <c>..</c> as can be resolved.</summary>
    public static string Normalize(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        List<string> kept = [];
        foreach (string part in parts)
        {
            if (part is "" or ".") continue;
            if (part == ".." && kept.Count > 0 && kept[kept.Count - 1] != "..") kept.RemoveAt(kept.Count - 1);
            else kept.Add(part);
        }

        string joined = string.Join("/", kept);
        return path.StartsWith("/", StringComparison.Ordinal) || path.StartsWith("\\", StringComparison.Ordinal) ? "/" + joined : joined;
    }
}
