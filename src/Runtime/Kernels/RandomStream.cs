using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RandomStream(ulong Seed, uint Step, uint MicroBatch, uint Rank, bool IsEnabled);
