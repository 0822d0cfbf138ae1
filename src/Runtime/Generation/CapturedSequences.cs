using System.Globalization;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Generation;

/// <summary>Records of what was captured of whole sequences, and the texts of their axes.</summary>
internal static unsafe class CapturedSequences
{
    /// <summary>The record of one sequence.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="heads">Heads of a layer.</param>
    /// <param name="sequence">Which of the sequences.</param>
    /// <param name="tokens">The text of each of its n tokens.</param>
    /// <param name="outputOf">A layer's weights, [sequences, heads, n, n].</param>
    public static AttentionRecord Record(int layers, int heads, int sequence, string[] tokens, Func<int, Pointer<float>> outputOf)
    {
        int length = checked(heads * tokens.Length * tokens.Length);
        var weights = new float[checked(layers * length)];
        for (int layer = 0; layer < layers; layer++)
            new ReadOnlySpan<float>((outputOf(layer) + (nint)sequence * length).Value, length).CopyTo(weights.AsSpan(layer * length));
        return new AttentionRecord(AttentionKind.EncoderSelf, layers, heads, tokens, tokens, weights);
    }

    /// <summary>The texts of tokens; their ids without a tokenizer.</summary>
    public static string[] Labels(ITokenizer? tokenizer, ReadOnlySpan<int> tokens) =>
        tokenizer is null ? TokenLabels.Of(tokens) : TokenLabels.Of(tokenizer, tokens);

    /// <summary>The numbers of patches, from 1 on, after the class token.</summary>
    public static string[] Patches(int count)
    {
        var labels = new string[count];
        for (int i = 0; i < count; i++) labels[i] = i == 0 ? "[CLS]" : i.ToString(CultureInfo.InvariantCulture);
        return labels;
    }
}
