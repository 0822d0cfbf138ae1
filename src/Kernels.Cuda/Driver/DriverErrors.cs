using System.Globalization;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Cuda.Driver;

/// <summary>Turns what a call returned into an exception that says all there is to say.</summary>
internal static unsafe class DriverErrors
{
    /// <summary>Throws unless the call has succeeded.</summary>
    /// <exception cref="CudaException">It has not.</exception>
    public static void Check(this ICudaDriver driver, CUresult result, string call)
    {
        if (result != CUresult.CUDA_SUCCESS) throw driver.Error(result, call);
    }

    /// <summary>The exception for a call that failed.</summary>
    /// <param name="driver">The driver, which knows the names of codes.</param>
    /// <param name="result">What it returned.</param>
    /// <param name="call">The function.</param>
    /// <param name="circumstances">A sentence on what was tried, or null.</param>
    public static CudaException Error(this ICudaDriver driver, CUresult result, string call, string? circumstances = null) =>
        new(Message(driver, result, call, circumstances), call, (int)result, NameOf(driver, result));

    /// <summary>The text of that exception.</summary>
    public static string Message(ICudaDriver driver, CUresult result, string call, string? circumstances)
    {
        byte* text = null;
        string? description = driver.cuGetErrorString(result, &text) == CUresult.CUDA_SUCCESS ? Marshal.PtrToStringUTF8((nint)text) : null;
        string head = $"{call} returned {NameOf(driver, result)} ({((int)result).ToString(CultureInfo.InvariantCulture)})"
            + (string.IsNullOrEmpty(description) ? "." : $": {description.TrimEnd('.')}.");
        return string.Join(' ', new[] { head, circumstances, DriverAdvice.For(result) }.Where(sentence => sentence is not null));
    }

    /// <summary>The code's name: the driver's, which knows more than this library, else this library's.</summary>
    public static string NameOf(ICudaDriver driver, CUresult result)
    {
        byte* text = null;
        string? name = driver.cuGetErrorName(result, &text) == CUresult.CUDA_SUCCESS ? Marshal.PtrToStringUTF8((nint)text) : null;
        if (!string.IsNullOrEmpty(name)) return name;
        return Enum.IsDefined(result) ? result.ToString() : "an unknown code";
    }
}
