namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>How a row is sampled, from the control block: the run-time's Sampler, and its next uniform number.</summary>
internal sealed class SamplerSettings
{
    private const uint OneBits = 0x3F800000;
    private const float TwoTo64 = 18446744073709551616f;

    private readonly PtxBuilder _k;
    private readonly ControlBlock _control;
    private readonly U32 _row;

    /// <param name="k">The kernel.</param>
    /// <param name="control">Its control block.</param>
    /// <param name="row">The row.</param>
    /// <param name="shape">The shape.</param>
    public SamplerSettings(PtxBuilder k, ControlBlock control, U32 row, SamplingShape shape)
    {
        (_k, _control, _row) = (k, control, row);
        Temperature = control.Float(ControlField.Temperature);
        MinP = control.Float(ControlField.MinP);
        RepetitionPenalty = control.Float(ControlField.RepetitionPenalty);
        RepetitionWindow = control.Word(ControlField.RepetitionWindow);
        NoRepeatNGram = control.Word(ControlField.NoRepeatNGram);
        Length = k.Min(k.Add(Position(), 1), shape.Context);
        IsDrawn = k.Greater(Temperature, 0f);
        ReadsHistory = k.Or(k.Differ(k.Bits(RepetitionPenalty), OneBits), k.Differ(NoRepeatNGram, 0));
        U32 topK = TopK();
        IsLimited = k.And(k.Differ(topK, 0), k.Less(topK, shape.Vocabulary));
        IsNucleus = k.Less(control.Float(ControlField.TopP), 1f);
        IsRanked = k.Or(k.Or(IsLimited, IsNucleus), k.Greater(MinP, 0f));
    }

    public F32 Temperature { get; }

    public F32 MinP { get; }

    public F32 RepetitionPenalty { get; }

    public U32 RepetitionWindow { get; }

    public U32 NoRepeatNGram { get; }

    /// <summary>Tokens of the history, the one that was fed included.</summary>
    public U32 Length { get; }

    /// <summary>Whether there is a draw: the temperature is not 0.</summary>
    public Predicate IsDrawn { get; }

    public Predicate ReadsHistory { get; }

    /// <summary>Whether top-k leaves tokens out.</summary>
    public Predicate IsLimited { get; }

    /// <summary>Whether top-p may leave tokens out.</summary>
    public Predicate IsNucleus { get; }

    /// <summary>Whether tokens are drawn from in the order of their scores, which filters cut short, and not in that of their numbers.</summary>
    public Predicate IsRanked { get; }

    // What is seldom asked is read where it is, so that it takes no register.

    /// <summary>Of the token that was fed, whose logits these are.</summary>
    public U32 Position() => _control.Word(_row, ControlRowField.Position);

    public U32 TopK() => _control.Word(ControlField.TopK);

    /// <summary>The uniform number, in units of 2^−64.</summary>
    public U64 Draw() => _k.Pack(_control.Word(_row, ControlRowField.DrawLow), _control.Word(_row, ControlRowField.DrawHigh));

    /// <summary>p of top-p, where it is below 1, in units of 2^−64.</summary>
    public U64 Nucleus() => _k.ToLong(_k.Multiply(_control.Float(ControlField.TopP), TwoTo64));
}
