namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>An operation has no kernel for its sizes; the message is a sentence that says why.</summary>
internal sealed class NoKernelException(string reason) : Exception(reason);
