using System.ComponentModel;
using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Generation;

/// <summary>The static sizes of a generated session, from which <see cref="DecoderSession"/> lays out its memory. What is left out is absent.</summary>
/// <param name="VocabularySize">Logits per row.</param>
/// <param name="ContextLength">Tokens that fit into one row's cache.</param>
/// <param name="Batch">Rows, each with its own cache.</param>
/// <param name="PrefillChunk">The most tokens that one prefill step takes.</param>
/// <param name="ActivationFloats">Scratch shared by prefill and decode.</param>
/// <param name="StateFloatsPerSlot">The key/value caches of all layers for one row, those of its source included.</param>
/// <param name="TableFloats">Tables computed once: rotary cosines and sines, sinusoids.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DecoderShape(
    int VocabularySize,
    int ContextLength,
    int Batch,
    int PrefillChunk,
    nint ActivationFloats,
    nint StateFloatsPerSlot,
    nint TableFloats)
{
    /// <summary>Where the caches are in a row's state, so that only what they hold need be copied. Without it whole states are copied.</summary>
    public CacheRegion[]? Caches { get; init; }

    /// <summary>Where a row's state has the keys and values of its source; required with an encoder, as <see cref="Caches"/> are.</summary>
    public CacheRegion[]? SourceCaches { get; init; }

    /// <summary>Tokens that the encoder of an encoder–decoder knows.</summary>
    public int SourceVocabularySize { get; init; }

    /// <summary>The most tokens of a source.</summary>
    public int SourceLength { get; init; }

    /// <summary>The decoder's layers whose attention weights, to tokens and to the source, are kept to be seen.</summary>
    public int CapturedLayers { get; init; }

    /// <summary>Heads of each of them.</summary>
    public int CapturedHeads { get; init; }

    /// <summary>The encoder's layers whose attention weights are kept to be seen.</summary>
    public int CapturedSourceLayers { get; init; }

    /// <summary>Heads of each of them.</summary>
    public int CapturedSourceHeads { get; init; }

    /// <summary>The most rows of a step.</summary>
    internal int StepRows => Math.Max(PrefillChunk, Batch);

    /// <summary>Rows, and one more to exchange them through where there are several.</summary>
    internal int Slots => Batch > 1 ? Batch + 1 : 1;
}
