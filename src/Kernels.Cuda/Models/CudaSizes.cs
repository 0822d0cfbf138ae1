using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>What generated programs need of the device's memory, beside what the model's shape says.</summary>
/// <param name="ActivationFloats">Scratch; of training, what the forward pass leaves for the backward pass.</param>
/// <param name="WorkspaceFloats">What lasts from one kernel of an operation to the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CudaSizes(nint ActivationFloats, nint WorkspaceFloats)
{
    /// <summary>From the keys and values of one row to those of the next.</summary>
    public nint StateFloats { get; init; }

    /// <summary>Workspace for drawing tokens, in words of four bytes.</summary>
    public nint SampleWords { get; init; }

    /// <summary>Copies of weights that have been rounded for products, two elements to a float.</summary>
    public nint RoundedWeightFloats { get; init; }

    /// <summary>Such copies of activations and gradients.</summary>
    public nint RoundedFactorFloats { get; init; }
}
