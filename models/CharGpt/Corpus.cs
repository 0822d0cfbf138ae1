namespace Transformer.Compiled.Models;

/// <summary>The text to learn.</summary>
internal sealed record Corpus(string Description, string Text)
{
    private const string Solution = "Transformer.Compiled.sln";

    /// <summary>Reads a file, or, where none is named, the C# sources of the repository.</summary>
    /// <exception cref="IOException">There is nothing to read.</exception>
    public static Corpus Read(string? file)
    {
        if (file is not null) return new Corpus(file, File.ReadAllText(file));
        string root = RepositoryAbove(Environment.CurrentDirectory) ?? RepositoryAbove(AppContext.BaseDirectory) ?? throw new FileNotFoundException(
            $"There is no {Solution} above {Environment.CurrentDirectory} nor above the program: name a text to learn with --text FILE.");

        string[] sources = [.. Sources(new DirectoryInfo(root)).Order(StringComparer.Ordinal)];
        string text = string.Join('\n', sources.Select(File.ReadAllText)).ReplaceLineEndings("\n");
        return new Corpus($"{sources.Length} C# files of {root}", text);
    }

    private static string? RepositoryAbove(string folder)
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            if (File.Exists(Path.Combine(place.FullName, Solution))) return place.FullName;
        }

        return null;
    }

    private static IEnumerable<string> Sources(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles("*.cs")) yield return file.FullName;
        foreach (DirectoryInfo inner in folder.EnumerateDirectories())
        {
            bool isWritten = inner.Name is not ("bin" or "obj" or "artifacts") && !inner.Name.StartsWith('.');
            if (!isWritten) continue;
            foreach (string file in Sources(inner)) yield return file;
        }
    }
}
