using System.ComponentModel;

namespace Transformer.Compiled.Training;

/// <summary>The static sizes of a generated trainer. Activations and tables count floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct TrainerShape(
    int VocabularySize,
    int BatchSize,
    int SequenceLength,
    nint ActivationFloats,
    nint TableFloats);
