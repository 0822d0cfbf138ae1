using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>
/// Adam with decoupled weight decay λ (Loshchilov and Hutter 2019), as PyTorch's <c>AdamW</c>:
/// p ← p · (1 − rate · λ); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// p ← p − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
public sealed class AdamW() : MomentOptimizer(weightDecay: 0.01)
{
    /// <inheritdoc/>
    public override string Name => "AdamW";

    private protected override (double Penalty, double Factor) Decay(ParameterKind kind, double rate) => (0, 1 - rate * DecayOf(kind));
}
