using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Names of types as the generated code must write them.</summary>
internal static class NameText
{
    public static string Escape(string name)
        => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    public static string Namespace(INamedTypeSymbol type) => string.Join(".", NamespaceParts(type).Select(Escape));

    /// <summary>Such as <c>partial record struct Outer</c>: enough to open the type once more.</summary>
    public static string Header(INamedTypeSymbol type)
    {
        string kind = type.TypeKind switch
        {
            TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
            TypeKind.Interface => "interface",
            _ => type.IsRecord ? "record" : "class",
        };
        return $"partial {kind} {Escape(type.Name)}";
    }

    /// <summary>
    /// Namespace, containing types and name joined by dots. Characters that a file's name cannot have (identifiers may hold combining
    /// marks) are written as their code in hexadecimal.
    /// </summary>
    public static string Hint(INamedTypeSymbol type, IEnumerable<INamedTypeSymbol> containing)
    {
        string[] parts = [.. NamespaceParts(type), .. containing.Select(outer => outer.Name), type.Name];
        var hint = new StringBuilder();
        foreach (char character in string.Join(".", parts))
        {
            if (char.IsLetterOrDigit(character) || character is '_' or '.') hint.Append(character);
            else hint.Append('-').Append(((int)character).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return hint.ToString();
    }

    private static List<string> NamespaceParts(INamedTypeSymbol type)
    {
        List<string> parts = [];
        for (INamespaceSymbol space = type.ContainingNamespace; !space.IsGlobalNamespace; space = space.ContainingNamespace)
            parts.Insert(0, space.Name);
        return parts;
    }
}
