namespace Transformer.Compiled.Ptx;

/// <summary>What an instruction does to memory.</summary>
internal enum AccessKind
{
    Read,
    Write,
    /// <summary>An atomic operation.</summary>
    Exchange,
    /// <summary>The begin of an asynchronous copy to shared memory.</summary>
    BeginCopy,
}
