using Transformer.Compiled.Training;

namespace Transformer.Compiled;

/// <summary>
/// Trains a language model at a static shape, on the CPU or on a device. One step is <see cref="Forward"/>,
/// <see cref="Backward"/> and <see cref="Update"/>; repeating the first two before an update accumulates micro-batches.
/// </summary>
/// <remarks>
/// Inputs and targets are [<see cref="BatchSize"/>, <see cref="SequenceLength"/>] in row order. Inputs are token ids; targets
/// are already shifted (see <see cref="Labels.Shift"/>), and a target of −100 is ignored. Not safe for concurrent calls.
/// </remarks>
public interface ITrainer : IDisposable
{
    /// <summary>Rows of one micro-batch.</summary>
    int BatchSize { get; }

    /// <summary>Tokens of a row.</summary>
    int SequenceLength { get; }

    /// <summary>Updates done so far, those before a loaded checkpoint included.</summary>
    long StepCount { get; }

    /// <summary>The learning rate that the next <see cref="Update"/> uses.</summary>
    double LearningRate { get; }

    /// <summary>
    /// The 2-norm, before clipping, of the whole gradient that the last <see cref="Update"/> used; 0 before the first. Not finite
    /// when the gradient was not.
    /// </summary>
    double LastGradientNorm { get; }

    /// <summary>Runs the model in training mode (dropout on) and returns the mean cross-entropy over the targets, in nats.</summary>
    /// <exception cref="ArgumentException">A length is not BatchSize · SequenceLength; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a target is outside the vocabulary; nothing has changed.</exception>
    float Forward(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);

    /// <summary>Adds the gradient of the last <see cref="Forward"/>'s loss to the gradients since the last update.</summary>
    /// <exception cref="InvalidOperationException">No <see cref="Forward"/> awaits its backward pass.</exception>
    void Backward();

    /// <summary>Moves the parameters by the mean gradient of the micro-batches since the last update, clipped as the optimizer says.</summary>
    /// <exception cref="InvalidOperationException">There is no gradient since the last update, or a backward pass is pending.</exception>
    void Update();

    /// <summary><see cref="Forward"/>, <see cref="Backward"/> and <see cref="Update"/>; returns the loss before the update.</summary>
    float Step(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);

    /// <summary>
    /// The mean cross-entropy without dropout. Accumulated gradients and the random state stay as they are; a
    /// <see cref="Forward"/> that awaits its backward pass is discarded, so that <see cref="Backward"/> then throws.
    /// </summary>
    float Evaluate(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);

    /// <summary>
    /// Writes the mean gradient of the micro-batches since the last update, or, right after an update, the one which that update used
    /// (before clipping), in the name, shape and order of the checkpoint's tensor.
    /// </summary>
    /// <exception cref="InvalidOperationException">No backward pass has run yet.</exception>
    /// <exception cref="ArgumentException">No trained tensor has this name, or the length is not the tensor's.</exception>
    void ExportGradient(string name, Span<float> destination);

    /// <summary>Writes weights, optimizer state, step and random state to one safetensors file, atomically.</summary>
    void SaveCheckpoint(string path);

    /// <summary>
    /// Continues from <see cref="SaveCheckpoint"/>'s file: the run that follows equals the uninterrupted one bit by bit. A file that is
    /// corrupt or of another model or optimizer leaves the trainer as it was.
    /// </summary>
    void LoadCheckpoint(string path);
}
