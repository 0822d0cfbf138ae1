namespace Transformer.Compiled;

/// <summary>Sets the static sizes of the <c>Session</c> or <c>Encoder</c> of a class with <see cref="TransformerAttribute"/>. Without it the defaults hold.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class InferenceAttribute : Attribute
{
    /// <summary>Rows that a session decodes side by side, each with a position and a cache of its own, or sequences or images that an encoder takes at once; 1 to 4,096. Default: 1.</summary>
    public int Batch { get; set; } = 1;

    /// <summary>
    /// Tokens of a prompt that one pass of a decoder takes, 1 to the model's context length. More is faster for long prompts and takes more scratch memory.
    /// Default: 64, or the context length if that is less.
    /// </summary>
    public int PrefillChunk { get; set; } = 64;

    /// <summary>The most tokens of a sequence that an encoder takes, 1 to the model's context length. Default: the context length.</summary>
    public int SequenceLength { get; set; }

    /// <summary>Whether an encoder hands out the states of every layer, not of the last one alone. Default: false.</summary>
    public bool HiddenStates { get; set; }
}
