namespace Transformer.Compiled.Checkpoints;

/// <summary>Suggests names that resemble a missing one, for error messages.</summary>
internal static class NearestNames
{
    private const int Suggestions = 3;

    /// <summary>"; nearest: 'a', 'b'", or nothing if there are no names.</summary>
    public static string Nearest(this IEnumerable<string> names, string name)
    {
        IEnumerable<string> byDistance = names.OrderBy(candidate => Distance(candidate, name)).ThenBy(candidate => candidate, StringComparer.Ordinal);
        string[] nearest = [.. byDistance.Take(Suggestions)];
        return nearest.Length == 0 ? "" : $"; nearest: {Quoted(nearest)}";
    }

    public static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    /// <summary>The first few names, quoted, and how many more there are.</summary>
    public static string Few(IReadOnlyCollection<string> names)
    {
        string few = Quoted(names.Take(Suggestions));
        return names.Count > Suggestions ? $"{few} and {names.Count - Suggestions} more" : few;
    }

    /// <summary>Levenshtein's distance: the fewest insertions, deletions and replacements that turn one name into the other.</summary>
    private static int Distance(string left, string right)
    {
        var distances = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++) distances[column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            int diagonal = distances[0];
            distances[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int replaced = diagonal + (left[row - 1] == right[column - 1] ? 0 : 1);
                diagonal = distances[column];
                distances[column] = Math.Min(replaced, 1 + Math.Min(diagonal, distances[column - 1]));
            }
        }

        return distances[right.Length];
    }
}
