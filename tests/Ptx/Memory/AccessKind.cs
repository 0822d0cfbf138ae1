namespace Transformer.Compiled.Ptx;

/// <summary>What an instruction does to memory.</summary>
internal enum AccessKind
{
    Read,
    /// <summary>Through a cache that does not see what the kernel writes (<c>ld.global.nc</c>).</summary>
    ReadOnly,
    Write,
    /// <summary>An atomic operation.</summary>
    Exchange,
    /// <summary>The begin of an asynchronous copy to shared memory.</summary>
    BeginCopy,
}
