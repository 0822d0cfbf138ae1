namespace Transformer.Compiled.Models.Classification;

/// <summary>What the build of models/TextClassifier writes.</summary>
internal static class ClassifierSizes
{
    public const int Labels = 3;
    public const int Tokens = 24;
}
