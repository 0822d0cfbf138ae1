namespace Transformer.Compiled.Models.Summaries;

/// <summary>Reads a text, and writes a shorter one. Of the sizes of t5-small unless the build names another folder.</summary>
[Transformer("summarize")]
[Inference(Batch = Summarizer.MostBeams)]
public sealed partial class SummaryModel;
