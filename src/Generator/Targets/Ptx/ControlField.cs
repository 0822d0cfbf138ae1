namespace Transformer.Compiled.Generator.Targets.Ptx;

// The one place that says where a kernel finds what varies between its launches: all else about a launch is frozen when its graph is recorded.
// This file and ControlLayout.cs are compiled into the generator, whose kernels read the block, and into Kernels.Cuda, which writes it; so they
// name nothing of either.

/// <summary>
/// A field of the control block in device memory, which is the last parameter of the kernels that read any of it: four bytes, little-endian, at
/// 4 · value; u32, or f32 where it says so. Words without a name are zero.
/// </summary>
internal enum ControlField
{
    /// <summary>How many rows of the activations hold something: tokens of a prefill's chunk, sequences of a batch.</summary>
    Rows = 0,

    /// <summary>The position of the first row's token, where one sequence is fed.</summary>
    Position = 1,

    /// <summary>The row of the cache that one sequence is fed to.</summary>
    CacheRow = 2,

    /// <summary>The row of the activations that is selected, such as the last of a prompt.</summary>
    SelectedRow = 3,

    /// <summary>The low word of the key of draws (Philox4x32-10).</summary>
    SeedLow = 4,

    /// <summary>The high word of that key.</summary>
    SeedHigh = 5,

    /// <summary>The optimizer steps taken before.</summary>
    Step = 6,

    /// <summary>rank · 2^16 ⊕ the forward passes since the last step: word 2 of the generator's counter.</summary>
    RankAndMicroBatch = 7,

    /// <summary>1 where dropout is on, else 0.</summary>
    DropoutIsOn = 8,

    /// <summary>1 where gradients are added to those of earlier micro-batches, 0 where they are written.</summary>
    AccumulationIsOn = 9,

    /// <summary>f32: the rate of this step.</summary>
    LearningRate = 12,

    /// <summary>f32: rate / (1 − β₁ᵗ).</summary>
    StepSize = 13,

    /// <summary>f32: 1 / √(1 − β₂ᵗ).</summary>
    InverseRootCorrection2 = 14,

    /// <summary>f32: β₁.</summary>
    Beta1 = 15,

    /// <summary>f32: 1 − β₁, rounded once.</summary>
    OneMinusBeta1 = 16,

    /// <summary>f32: β₂.</summary>
    Beta2 = 17,

    /// <summary>f32: 1 − β₂, rounded once.</summary>
    OneMinusBeta2 = 18,

    /// <summary>f32: ε.</summary>
    Epsilon = 19,

    /// <summary>f32[4]: what parameters are multiplied with, 1 − rate · λ in AdamW, by their kind: projection, embedding, norm, bias.</summary>
    DecayFactor = 20,

    /// <summary>f32[4]: how much of a parameter is added to its gradient, λ in Adam, by its kind.</summary>
    Penalty = 24,

    /// <summary>f32: 1 / the number of micro-batches.</summary>
    MicroBatchShare = 28,

    /// <summary>f32: the greatest norm of the mean gradient; 0 does not clip.</summary>
    ClipNorm = 29,

    /// <summary>f32: the greatest magnitude of a gradient's element; +∞ does not clip.</summary>
    ClipValue = 30,

    /// <summary>f32: what the loss is multiplied with before it is differentiated.</summary>
    LossScale = 31,

    /// <summary>f32: 1 / the loss scale.</summary>
    InverseLossScale = 32,

    /// <summary>f32: the temperature of sampling; 0 takes the likeliest token.</summary>
    Temperature = 36,

    /// <summary>How many tokens sampling keeps; 0 keeps all.</summary>
    TopK = 37,

    /// <summary>f32: how much probability sampling keeps.</summary>
    TopP = 38,

    /// <summary>f32: the least share of the likeliest token's probability that sampling keeps.</summary>
    MinP = 39,

    /// <summary>f32: 1 leaves the logits of earlier tokens alone.</summary>
    RepetitionPenalty = 40,

    /// <summary>How many of a row's last tokens sampling penalises; 0 penalises all.</summary>
    RepetitionWindow = 41,

    /// <summary>The size of the n-grams that sampling does not repeat; 0 repeats any.</summary>
    NoRepeatNGram = 42,

    /// <summary>f32: μ, what a running momentum keeps of itself.</summary>
    Momentum = 45,

    /// <summary>f32: what multiplies the gradient that enters the momentum: 1 − dampening, or 1 at the first step.</summary>
    GradientShare = 46,

    /// <summary>f32: Nesterov's μ, with which the momentum is added to the gradient; 0 follows the momentum itself.</summary>
    LookAhead = 47,

    /// <summary>f32: RMSProp's α.</summary>
    Alpha = 48,

    /// <summary>f32: 1 − α, rounded once.</summary>
    OneMinusAlpha = 49,
}

/// <summary>A field of a row's record in the control block: four bytes at 4 · value of the record.</summary>
internal enum ControlRowField
{
    /// <summary>The position of the row's next token.</summary>
    Position = 0,

    /// <summary>The token that is fed; 0xFFFFFFFF feeds the one that was drawn last.</summary>
    Token = 1,

    /// <summary>How many of the row's columns hold something.</summary>
    Length = 2,

    /// <summary>The low word of the sampler's uniform number for this row, in units of 2⁻⁶⁴.</summary>
    DrawLow = 4,

    /// <summary>The high word of that number.</summary>
    DrawHigh = 5,
}
