using Transformer.Compiled.Training;

namespace Transformer.Compiled;

/// <summary>
/// Trains a model at a static shape, on the CPU or on a device: fill <see cref="Batch"/>, then <see cref="Forward"/>, <see cref="Backward"/>
/// and <see cref="Update"/>, or <see cref="Step"/> for all three; repeating all but the update before it accumulates micro-batches.
/// </summary>
/// <remarks>Not safe for concurrent calls. After disposal its methods throw <see cref="ObjectDisposedException"/>.</remarks>
public interface ITrainer : IDisposable
{
    /// <summary>Sequences, or images, of one micro-batch.</summary>
    int BatchSize { get; }

    /// <summary>The micro-batch that the next <see cref="Forward"/> or <see cref="Evaluate"/> takes.</summary>
    TrainingBatch Batch { get; }

    /// <summary>Updates done so far, those before a loaded checkpoint included.</summary>
    long StepCount { get; }

    /// <summary>The learning rate that the next <see cref="Update"/> uses.</summary>
    double LearningRate { get; }

    /// <summary>
    /// The 2-norm, before clipping, of the whole gradient that the last <see cref="Update"/> used; 0 before the first. Not finite
    /// when the gradient was not.
    /// </summary>
    double LastGradientNorm { get; }

    /// <summary>
    /// What the validation of a <see cref="TrainingLoop"/> has seen so far: saved in checkpoints and restored from them. Null, before the first
    /// measurement and after a checkpoint that has none; set it to null to begin a run anew.
    /// </summary>
    ValidationProgress? ValidationProgress { get; set; }

    /// <summary>
    /// Runs the model in training mode (dropout on) on <see cref="Batch"/> and returns its mean loss over the targets that count; that of classes is
    /// in nats, and 0 where no target counts. A <see cref="Forward"/> before it that still awaits its backward pass is discarded.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A value of the batch is out of its range; the message names buffer and index. Nothing has changed: if a <see cref="Forward"/> before this one
    /// awaited its backward pass, it still does.
    /// </exception>
    float Forward();

    /// <summary>Adds the gradient of the last <see cref="Forward"/>'s loss to the gradients since the last update.</summary>
    /// <exception cref="InvalidOperationException">No <see cref="Forward"/> awaits its backward pass.</exception>
    void Backward();

    /// <summary>Moves the parameters by the mean gradient of the micro-batches since the last update, clipped as the optimizer says.</summary>
    /// <exception cref="InvalidOperationException">There is no gradient since the last update, or a backward pass is pending.</exception>
    void Update();

    /// <summary><see cref="Forward"/>, <see cref="Backward"/> and <see cref="Update"/>; returns the loss before the update.</summary>
    /// <inheritdoc cref="Forward" path="/exception"/>
    float Step();

    /// <summary>
    /// The mean loss of <see cref="Batch"/> without dropout. Accumulated gradients and the random state stay as they are; a
    /// <see cref="Forward"/> that awaits its backward pass is discarded, so that <see cref="Backward"/> then throws.
    /// </summary>
    /// <inheritdoc cref="Forward" path="/exception"/>
    float Evaluate();

    /// <summary>
    /// Writes the mean gradient of the micro-batches since the last update, or, right after an update, the one which that update used
    /// (before clipping), in the name, shape and order of the checkpoint's tensor. The next <see cref="Forward"/> or <see cref="Evaluate"/> after an update
    /// may use the gradient's memory.
    /// </summary>
    /// <param name="name">One of <see cref="Checkpoints.ModelWeights.Names"/>, not frozen.</param>
    /// <param name="destination">As many elements as the tensor has.</param>
    /// <exception cref="InvalidOperationException">No backward pass has run yet, or the gradient's memory has been used since the update.</exception>
    /// <exception cref="ArgumentException">No trained tensor has this name, or the length is not the tensor's.</exception>
    void ExportGradient(string name, Span<float> destination);

    /// <summary>Writes weights, optimizer state, step, random state and validation progress to one safetensors file, atomically.</summary>
    /// <param name="path">The file, in a folder that exists; one that is there is replaced only when the new one is complete.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    void SaveCheckpoint(string path);

    /// <summary>
    /// Continues from <see cref="SaveCheckpoint"/>'s file: the run that follows equals the uninterrupted one bit by bit. A file that is
    /// corrupt or of another model or optimizer leaves the trainer as it was.
    /// </summary>
    /// <exception cref="Checkpoints.CheckpointException">The file is corrupt, no training checkpoint, or of another model or optimizer.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    void LoadCheckpoint(string path);
}
