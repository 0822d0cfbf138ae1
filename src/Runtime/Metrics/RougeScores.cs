namespace Transformer.Compiled.Metrics;

/// <summary>ROUGE scores of a summary, or their means over summaries.</summary>
/// <param name="Rouge1">Of single words.</param>
/// <param name="Rouge2">Of pairs of neighbouring words.</param>
/// <param name="RougeL">Of the longest common subsequence of the whole texts; line ends are white space.</param>
/// <param name="RougeLsum">Of the united longest common subsequences of sentences, where each line is a sentence.</param>
public readonly record struct RougeScores(
    PrecisionRecallF1 Rouge1, PrecisionRecallF1 Rouge2, PrecisionRecallF1 RougeL, PrecisionRecallF1 RougeLsum);
