namespace Transformer.Compiled.Cuda;

/// <summary>
/// CUDA cannot be used on this machine: no driver (the message says what was looked for and where), one that is too old, or no device.
/// </summary>
public sealed class CudaUnavailableException : Exception
{
    internal CudaUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
