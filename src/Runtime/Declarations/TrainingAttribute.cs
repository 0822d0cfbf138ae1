namespace Transformer.Compiled;

/// <summary>Asks for a <c>Trainer</c> beside the <see cref="TransformerAttribute"/> of this class: forward, backward and update for one static batch.</summary>
/// <example>
/// <code>
/// [Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6)]
/// [Training(BatchSize = 8, SequenceLength = 256)]
/// public sealed partial class CharGpt;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class TrainingAttribute : Attribute
{
    /// <summary>Sequences in one (micro-)batch, 1 to 65,536. Required. A batch holds at most 16,777,216 tokens.</summary>
    public int BatchSize { get; set; }

    /// <summary>Tokens in each sequence, 1 to the model's context length. Default: the model's context length.</summary>
    public int SequenceLength { get; set; }

    /// <summary>Tokens in each source of an encoder–decoder, 1 to its source length. Default: its source length.</summary>
    public int SourceLength { get; set; }

    /// <summary>
    /// Names of the parameters that are not trained, as the checkpoint names them; <c>*</c> stands for any characters and <c>?</c> for one.
    /// Default: none.
    /// </summary>
    public string[] Frozen { get; set; } = [];

    /// <summary>What training minimises. Default: <see cref="LossKind.CrossEntropy"/>; beside a config, what it says of a classifier of sequences (<c>problem_type</c>).</summary>
    public LossKind Loss { get; set; }

    /// <summary>
    /// The share of a target that all classes have alike in a cross-entropy, 0 to 1, as in PyTorch (Szegedy et al., 2016, section 7). Default: 0.
    /// </summary>
    public double LabelSmoothing { get; set; }

    /// <summary>
    /// A factor for each class in a cross-entropy, 0 to 1e30: for the losses of rows whose target it is, by which their mean is weighted too, as in
    /// PyTorch. Default: none, which is as 1 for each.
    /// </summary>
    public double[] ClassWeights { get; set; } = [];
}
