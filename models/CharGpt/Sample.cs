using System.Text;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>Text by a trained model.</summary>
internal static class Sample
{
    /// <summary>
    /// Draws characters, beginning after a line feed (or the first character that there is). When the context is full, the model reads the
    /// last half of it again and goes on.
    /// </summary>
    public static string Write(CharGpt.Weights weights, CharacterTokenizer tokenizer, int length, ulong seed)
    {
        using var session = new CharGpt.Session(weights);
        var sampler = new Sampler { Temperature = 0.8f, Seed = seed };
        var text = new StringBuilder();
        var tokens = new List<int> { FirstToken(tokenizer) };
        session.Prefill([tokens[0]]);
        while (text.Length < length)
        {
            // Tokens past the alphabet have no character: they are never in the text that was learnt.
            int token = sampler.Sample(session.Logits[..tokenizer.VocabularySize]);
            text.Append(tokenizer.Decode([token]));
            tokens.Add(token);
            if (session.Position < session.ContextLength)
            {
                session.Decode(token);
                continue;
            }

            session.Reset();
            session.Prefill([.. tokens[^(session.ContextLength / 2)..]]);
        }

        return text.ToString();
    }

    private static int FirstToken(CharacterTokenizer tokenizer) => tokenizer.Alphabet.Contains('\n') ? tokenizer.Encode("\n")[0] : 0;
}
