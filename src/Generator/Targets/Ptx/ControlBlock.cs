namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// What differs between the launches of one program, 4 bytes each at 4 · value of the control block in device memory: the last parameter of
/// the kernels that read any of it.
/// </summary>
internal enum ControlField
{
    /// <summary>Rows of this pass, at most as many as the program was compiled for.</summary>
    Rows,

    /// <summary>The row that is selected, such as the last of a prompt.</summary>
    SelectedRow,

    /// <summary>Optimizer steps taken before.</summary>
    Step,

    /// <summary>rank · 2^16 ⊕ micro-batch: word 2 of the random generator's counter.</summary>
    RankAndMicroBatch,
    SeedLow,
    SeedHigh,

    /// <summary>1 where dropout is on, else 0.</summary>
    DropoutIsOn,

    /// <summary>A float: 1 / the number of micro-batches.</summary>
    MicroBatchShare,

    /// <summary>A float: the greatest norm of the gradient; 0 does not clip.</summary>
    ClipNorm,

    /// <summary>A float: the greatest magnitude of a gradient's element; infinity does not clip.</summary>
    ClipValue,

    /// <summary>A float, as the fields after it: Adam's L2 penalty, 0 in AdamW.</summary>
    Penalty,

    /// <summary>1 − rate · decay; 1 in Adam.</summary>
    DecayFactor,
    Beta1,
    OneMinusBeta1,
    Beta2,
    OneMinusBeta2,

    /// <summary>rate / (1 − β₁ᵗ).</summary>
    StepSize,

    /// <summary>1 / √(1 − β₂ᵗ).</summary>
    InverseRootCorrection2,
    Epsilon,
}

/// <summary>The control block as a kernel reads it.</summary>
internal readonly struct ControlBlock(PtxBuilder builder)
{
    private readonly GlobalAddress _start = builder.Buffer("control");

    /// <summary>Bytes of the block.</summary>
    public static int Bytes => 4 * (Enum.GetValues(typeof(ControlField)).Length);

    public U32 Word(ControlField field) => builder.LoadWord(_start.Plus((int)field));

    public F32 Float(ControlField field) => builder.Load(_start.Plus((int)field));
}
