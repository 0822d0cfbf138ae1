using System.Collections.Immutable;
using System.Globalization;
using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator;

/// <summary>Names of generated files, which must differ by more than case although C#'s names need not.</summary>
internal static class HintNames
{
    /// <summary>
    /// Leaves out a class met twice (its attribute is repeated, which the compiler reports), and appends a hash of the name to those that
    /// differ only in case.
    /// </summary>
    public static ImmutableArray<ModelDeclaration> MakeUnique(ImmutableArray<ModelDeclaration> declarations)
    {
        ModelDeclaration[] distinct = [.. declarations.GroupBy(declaration => declaration.HintName, StringComparer.Ordinal).Select(group => group.First())];
        Dictionary<string, int> uses = new(StringComparer.OrdinalIgnoreCase);
        foreach (ModelDeclaration declaration in distinct)
            uses[declaration.HintName] = uses.TryGetValue(declaration.HintName, out int count) ? count + 1 : 1;

        return distinct.Select(declaration => uses[declaration.HintName] == 1 ? declaration : declaration with
        {
            HintName = declaration.HintName + "-" + Hash(declaration.HintName).ToString("X8", CultureInfo.InvariantCulture),
        }).ToImmutableArray();
    }

    /// <summary>FNV-1a over UTF-16 units: the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static uint Hash(string text) => text.Aggregate(2166136261u, (hash, unit) => unchecked((hash ^ unit) * 16777619u));
}
