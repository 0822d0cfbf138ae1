namespace Transformer.Compiled.Models.Classification;

/// <summary>What the build of models/TextClassifier writes.</summary>
internal static class ClassifierLabels
{
    public const int Count = 3;
}
