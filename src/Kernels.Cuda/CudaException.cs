namespace Transformer.Compiled.Cuda;

/// <summary>A call of the CUDA driver failed. The message names the call and the code, and says what to do about it where that is known.</summary>
public class CudaException : Exception
{
    internal CudaException(string message, string call, int code, string codeName)
        : base(message)
    {
        Call = call;
        Code = code;
        CodeName = codeName;
    }

    /// <summary>The driver's function, such as <c>cuMemAlloc_v2</c>.</summary>
    public string Call { get; }

    /// <summary>What it returned, a <c>CUresult</c>.</summary>
    public int Code { get; }

    /// <summary>The code's name, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</summary>
    public string CodeName { get; }
}
