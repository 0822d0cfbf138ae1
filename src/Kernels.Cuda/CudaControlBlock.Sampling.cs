using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Transformer.Compiled.Cuda;

public sealed partial class CudaControlBlock
{
    /// <summary>
    /// How tokens are drawn, and by which numbers: each row's is one of the sampler's own, in their order, which it consumes where the token is
    /// taken from the device. At first, the greatest logit is taken.
    /// </summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="ahead">How many of its draws are under way: the numbers are those that come after.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of draws is negative.</exception>
    public void SetSampler(Sampler sampler, int ahead = 0)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfNegative(ahead);

        // −0 is 0.
        SetNumber(ControlField.Temperature, sampler.Temperature == 0 ? 0 : sampler.Temperature);
        SetWord(ControlField.TopK, (uint)sampler.TopK);
        SetNumber(ControlField.TopP, sampler.TopP);
        SetNumber(ControlField.MinP, sampler.MinP);
        SetNumber(ControlField.RepetitionPenalty, sampler.RepetitionPenalty);
        SetWord(ControlField.RepetitionWindow, (uint)sampler.RepetitionWindow);
        SetWord(ControlField.NoRepeatNGram, (uint)sampler.NoRepeatNGram);
        for (int row = 0; row < RowCount; row++)
        {
            ulong draw = sampler.UpcomingDraw(ahead + row);
            SetWord(row, ControlRowField.DrawLow, (uint)draw);
            SetWord(row, ControlRowField.DrawHigh, (uint)(draw >> 32));
        }
    }
}
