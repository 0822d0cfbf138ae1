namespace Transformer.Compiled.Tests;

/// <summary>The folder of models, tokenizers and texts that are too large to be committed.</summary>
public static class TestData
{
    public const string Variable = "TRANSFORMER_COMPILED_DATA";

    public static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    public static string PathOf(string relativePath) =>
        Path.Combine(Folder ?? throw new InvalidOperationException($"{Variable} is not set."), relativePath);
}
