using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

/// <summary>
/// Where in training a random draw happens. Draws are a function of this, of the site (which dropout it is) and of the
/// element's logical index: any step repeats bit by bit, and the backward pass draws again what the forward pass drew.
/// </summary>
/// <param name="Seed">The key of the generator.</param>
/// <param name="Step">Optimizer steps taken before.</param>
/// <param name="MicroBatch">Forward passes since then; below 65,536.</param>
/// <param name="Rank">The process in data-parallel training; below 65,536.</param>
/// <param name="IsEnabled">Whether dropout is on; the default stream is off.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RandomStream(ulong Seed, uint Step, uint MicroBatch, uint Rank, bool IsEnabled);
