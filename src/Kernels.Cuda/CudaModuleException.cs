namespace Transformer.Compiled.Cuda;

/// <summary>The driver cannot compile a module, or cannot load what it has compiled. The message ends with the compiler's log.</summary>
public sealed class CudaModuleException : CudaException
{
    internal CudaModuleException(string message, string call, int code, string codeName, string log)
        : base(log.Length == 0 ? message : $"{message} The compiler's log:{Environment.NewLine}{log}", call, code, codeName) => Log = log;

    /// <summary>What the driver's compiler wrote, errors first; empty where it wrote nothing.</summary>
    public string Log { get; }
}
