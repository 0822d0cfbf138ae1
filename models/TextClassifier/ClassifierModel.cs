namespace Transformer.Compiled.Models.Classification;

/// <summary>One label for a text. Of the sizes of distilbert-base-uncased unless the build names another folder.</summary>
[Transformer("text-classifier", Head = HeadKind.SequenceClassification, Labels = ClassifierLabels.Count)]
[Training(BatchSize = ClassifierTraining.BatchSize, SequenceLength = ClassifierTraining.SequenceLength)]
[Inference(SequenceLength = ClassifierTraining.SequenceLength)]
public sealed partial class ClassifierModel;
