namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// What <c>LoadPretrained</c> does where a tensor of the checkpoint's head has another shape than the model's: another number of labels
/// (<c>ignore_mismatched_sizes</c> in Hugging Face's library). Tensors of the body always have to fit.
/// </summary>
public enum MismatchedSizes
{
    /// <summary>The checkpoint is refused; the message names tensor and shapes.</summary>
    Refuse,

    /// <summary>Such tensors are drawn from the seed, as those that the checkpoint lacks; <see cref="ModelWeights.Drawn"/> names them.</summary>
    DrawHead,
}
