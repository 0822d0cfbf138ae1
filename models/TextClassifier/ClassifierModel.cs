namespace Transformer.Compiled.Models.Classification;

/// <summary>One label for a text. Of the sizes of distilbert-base-uncased unless the build names another folder.</summary>
[Transformer("text-classifier", Head = HeadKind.SequenceClassification, Labels = ClassifierSizes.Labels)]
[Training(BatchSize = ClassifierTraining.BatchSize, SequenceLength = ClassifierSizes.Tokens)]
[Inference(SequenceLength = ClassifierSizes.Tokens)]
public sealed partial class ClassifierModel;
