namespace Transformer.Compiled.Tokenization;

/// <summary>A text, or two, as a model takes it. All arrays are equally long.</summary>
/// <param name="Tokens">The tokens, with those that the template puts around the texts.</param>
/// <param name="TokenTypes">The part that each token belongs to, as the template says: for BERT 0 for the first text and 1 for the second.</param>
/// <param name="AttentionMask">1 for each token; 0 is for padding.</param>
public sealed record TokenEncoding(int[] Tokens, int[] TokenTypes, int[] AttentionMask);
