using System.ComponentModel;

namespace Transformer.Compiled.Training;

/// <summary>What the loss of a generated trainer compares its logits with.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum TargetKind
{
    /// <summary>A class for each token, [BatchSize, SequenceLength].</summary>
    Token,

    /// <summary>A class for each sequence, [BatchSize].</summary>
    Sequence,

    /// <summary>The first and the last token of an answer, [2, BatchSize]: all firsts, then all lasts.</summary>
    Span,

    /// <summary>Numbers for each sequence, [BatchSize, Labels]: soft or several labels, or values to regress to.</summary>
    Values,

    /// <summary>Numbers for each token, [BatchSize · SequenceLength, Labels].</summary>
    TokenValues,
}
