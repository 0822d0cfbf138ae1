namespace Transformer.Compiled.Ptx;

/// <summary>A register; <paramref name="Index"/> counts the registers of a kernel.</summary>
public sealed record PtxRegister(string Name, PtxType Type, int Index, int Line);

/// <summary>A parameter of a kernel; <paramref name="Offset"/> is its place in the block of parameters.</summary>
public sealed record PtxParameter(string Name, PtxType Type, int Alignment, int Offset, int Bytes, int Line);

/// <summary>A place to branch to: the instruction at <paramref name="Target"/>, which is one past the last at the end of a kernel.</summary>
public sealed record PtxLabel(string Name, int Target, int Line);

/// <summary>Spaces of memory.</summary>
public enum PtxSpace
{
    /// <summary>An address that says by its value which space it is in.</summary>
    Generic,
    /// <summary>Device memory.</summary>
    Global,
    /// <summary>Device memory that kernels do not write.</summary>
    Const,
    /// <summary>Memory of a block.</summary>
    Shared,
    /// <summary>Memory of a thread.</summary>
    Local,
    /// <summary>The parameters of a kernel.</summary>
    Param,
}

/// <summary>A variable in memory.</summary>
/// <param name="Space">Where it lives.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of an element.</param>
/// <param name="Alignment">Bytes.</param>
/// <param name="Bytes">Its size; 0 for dynamic shared memory.</param>
/// <param name="IsExternal">Dynamic shared memory, sized by the launch.</param>
/// <param name="Initial">The bytes it starts with; null if none are given.</param>
/// <param name="Line">The line of its name.</param>
public sealed record PtxVariable(PtxSpace Space, string Name, PtxType Type, int Alignment, int Bytes, bool IsExternal, byte[]? Initial, int Line);
