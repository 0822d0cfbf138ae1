namespace Transformer.Compiled.Models.Answers;

/// <summary>
/// Where in a text an answer starts and ends. Of the sizes of distilbert-base-cased-distilled-squad unless the build names another folder.
/// </summary>
[Transformer("answer", Head = HeadKind.SpanExtraction)]
public sealed partial class AnswerModel;
