using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with an L2 penalty λ, as PyTorch's <c>Adam</c>:
/// g ← g + λp; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// p ← p − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
public sealed class Adam() : MomentOptimizer(weightDecay: 0)
{
    /// <inheritdoc/>
    public override string Name => "Adam";

    private protected override (double Penalty, double Factor) Decay(ParameterKind kind, double rate) => (DecayOf(kind), 1);
}
