namespace Transformer.Compiled.Cuda;

/// <summary>What a kernel's parameter is.</summary>
public enum CudaParameter
{
    /// <summary>An address in device memory, 8 bytes.</summary>
    Address,

    /// <summary>A number of 4 bytes, which a graph freezes.</summary>
    Word,
}

/// <summary>What a launch gives a kernel for one parameter: an address or a word, both of which convert to it.</summary>
public readonly struct CudaArgument
{
    private CudaArgument(CudaParameter kind, CudaPointer pointer, uint word)
    {
        Kind = kind;
        Pointer = pointer;
        Word = word;
    }

    /// <summary>What it is; the default value is an address that points to nothing, which no launch takes.</summary>
    public CudaParameter Kind { get; }

    internal CudaPointer Pointer { get; }

    internal uint Word { get; }

    /// <summary>An address.</summary>
    public static implicit operator CudaArgument(CudaPointer pointer) => new(CudaParameter.Address, pointer, word: 0);

    /// <summary>A word.</summary>
    public static implicit operator CudaArgument(uint word) => new(CudaParameter.Word, default, word);
}
