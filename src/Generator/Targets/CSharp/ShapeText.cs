using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>The sizes that a generated class gives to its base.</summary>
internal static class ShapeText
{
    /// <summary>Writes <c>s_shape</c>: what every model has, and what this one has besides.</summary>
    public static void Write(CodeWriter writer, string type, IEnumerable<(string Name, string Value)> sizes, IEnumerable<(string Name, string Value)> options)
    {
        string[] arguments = [.. sizes.Select(size => $"{size.Name}: {size.Value}")], members = [.. options.Select(option => $"{option.Name} = {option.Value},")];
        writer.Line($"private static readonly {type} s_shape = new(" + (arguments.Length == 0 ? ")" : ""));
        if (arguments.Length > 0) writer.Continue(string.Join(",\n", arguments) + (members.Length == 0 ? ");" : ")"));
        if (members.Length == 0) return;
        writer.Line("{");
        foreach (string member in members) writer.Continue(member);
        writer.Line("};");
    }

    /// <summary>What the first stack takes, for encoders and trainers alike; what a model has not got is left out.</summary>
    public static IEnumerable<(string Name, string Value)> Inputs(TransformerSpec spec)
    {
        EmbeddingSpec embedding = spec.Embedding;
        PositionSpec position = spec.Main.Position;
        if (embedding.Image is { } image) yield return ("PixelFloats", CSharpPlan.Number(image.Floats));
        if (embedding.TokenTypes > 0) yield return ("TokenTypes", CSharpPlan.Number(embedding.TokenTypes));
        if (position.PaddingToken >= 0) yield return ("PositionPadding", CSharpPlan.Number(position.PaddingToken));
        if (embedding.InputMask) yield return ("HasInputScale", "true");
        if (spec.Main.Attention.PairMask is var mask and not PairMask.None) yield return ("PairMask", $"global::Transformer.Compiled.PairMask.{mask}");
    }
}
