using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Turns an applied attribute into plain values with the locations of its arguments.</summary>
internal static class AttributeUseReader
{
    /// <summary>The name under which the constructor's argument is found.</summary>
    public const string ConfigPath = "configPath";

    public static AttributeUse Read(AttributeData attribute, CancellationToken cancellation)
    {
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
        string name = attribute.AttributeClass!.Name;
        List<AttributeValue> values = [];
        bool isBroken = attribute.AttributeConstructor is null;

        foreach (TypedConstant argument in attribute.ConstructorArguments) Add(ConfigPath, argument);
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments) Add(argument.Key, argument.Value);

        return new AttributeUse(
            name.Substring(0, name.Length - nameof(Attribute).Length),
            syntax is null ? null : LocationInfo.From(syntax.GetLocation()),
            new EquatableArray<AttributeValue>([.. values]),
            isBroken);

        void Add(string argumentName, TypedConstant constant)
        {
            isBroken |= constant.Kind == TypedConstantKind.Error;
            values.Add(new AttributeValue(argumentName, ArgumentLocation(syntax, argumentName), Number(constant), Texts(constant)) { Numbers = Numbers(constant) });
        }
    }

    private static LocationInfo? ArgumentLocation(AttributeSyntax? syntax, string name)
    {
        if (syntax?.ArgumentList is null) return null;
        AttributeArgumentSyntax? argument = syntax.ArgumentList.Arguments.FirstOrDefault(candidate =>
            name == (candidate.NameEquals?.Name.Identifier.ValueText ?? ConfigPath));
        return LocationInfo.From((argument ?? (SyntaxNode)syntax).GetLocation());
    }

    private static double Number(TypedConstant constant) => constant.Kind == TypedConstantKind.Array ? 0 : constant.Value switch
    {
        int value => value,
        double value => value,
        bool value => value ? 1 : 0,
        _ => 0,
    };

    private static EquatableArray<double> Numbers(TypedConstant constant) => constant is { Kind: TypedConstantKind.Array, IsNull: false }
        ? new EquatableArray<double>([.. constant.Values.Select(item => item.Value).OfType<double>()])
        : EquatableArray<double>.Empty;

    private static EquatableArray<string> Texts(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false }
            => new EquatableArray<string>([.. constant.Values.Select(item => item.Value as string).OfType<string>()]),
        { Kind: TypedConstantKind.Primitive, Value: string text } => new EquatableArray<string>(text),
        _ => EquatableArray<string>.Empty,
    };
}
