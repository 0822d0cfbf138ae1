namespace Transformer.Compiled.Checkpoints;

/// <summary>A checkpoint file cannot be read as what it claims to be, or does not fit the model that loads it.</summary>
public sealed class CheckpointException : IOException
{
    internal CheckpointException(string file, string? tensor, string message, Exception? innerException = null)
        : base($"{file}: {message}", innerException)
    {
        FilePath = file;
        TensorName = tensor;
    }

    /// <summary>The file at fault.</summary>
    public string FilePath { get; }

    /// <summary>The tensor at fault, as the checkpoint or the model names it; null when it is the file as a whole.</summary>
    public string? TensorName { get; }
}
