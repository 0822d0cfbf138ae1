using System.ComponentModel;

namespace Transformer.Compiled.Generation;

/// <summary>The static sizes of a generated session, from which <see cref="DecoderSession"/> lays out its memory.</summary>
/// <param name="VocabularySize">Logits per row.</param>
/// <param name="ContextLength">Tokens that fit into one row's cache.</param>
/// <param name="Batch">Rows, each with its own cache.</param>
/// <param name="PrefillChunk">The most tokens that one prefill step takes.</param>
/// <param name="ActivationFloats">Scratch shared by prefill and decode.</param>
/// <param name="StateFloatsPerSlot">The key/value caches of all layers for one row.</param>
/// <param name="TableFloats">Tables computed once: rotary cosines and sines, sinusoids.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DecoderShape(
    int VocabularySize,
    int ContextLength,
    int Batch,
    int PrefillChunk,
    nint ActivationFloats,
    nint StateFloatsPerSlot,
    nint TableFloats);
