using System.Runtime.InteropServices;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Cuda;

public sealed partial class CudaControlBlock
{
    /// <summary>How many rows of the activations hold something: tokens of a prefill's chunk, sequences of a batch.</summary>
    public int Rows
    {
        get => (int)Word(ControlField.Rows);
        set => SetWord(ControlField.Rows, (uint)Extent(value));
    }

    /// <summary>The position of the first row's token, where one sequence is fed.</summary>
    public int Position
    {
        get => (int)Word(ControlField.Position);
        set => SetWord(ControlField.Position, (uint)Extent(value));
    }

    /// <summary>The row of the cache that one sequence is fed to.</summary>
    public int CacheRow
    {
        get => (int)Word(ControlField.CacheRow);
        set => SetWord(ControlField.CacheRow, (uint)Extent(value));
    }

    /// <summary>The row of the activations that is selected, such as the last of a prompt.</summary>
    public int SelectedRow
    {
        get => (int)Word(ControlField.SelectedRow);
        set => SetWord(ControlField.SelectedRow, (uint)Extent(value));
    }

    /// <summary>The key of the draws.</summary>
    public ulong Seed
    {
        get => Words(ControlField.SeedLow);
        set => SetWords(ControlField.SeedLow, value);
    }

    /// <summary>The optimizer steps taken before.</summary>
    public uint Step
    {
        get => Word(ControlField.Step);
        set => SetWord(ControlField.Step, value);
    }

    /// <summary>Whether dropout is on.</summary>
    public bool Dropout
    {
        get => Word(ControlField.DropoutIsOn) != 0;
        set => SetWord(ControlField.DropoutIsOn, value ? 1u : 0u);
    }

    /// <summary>Whether gradients are added to those of earlier micro-batches, instead of written.</summary>
    public bool Accumulate
    {
        get => Word(ControlField.AccumulationIsOn) != 0;
        set => SetWord(ControlField.AccumulationIsOn, value ? 1u : 0u);
    }

    /// <summary>The learning rate of this step.</summary>
    public float LearningRate
    {
        get => Number(ControlField.LearningRate);
        set => SetNumber(ControlField.LearningRate, value);
    }

    /// <summary>1 / the number of micro-batches; 1 at first.</summary>
    public float MicroBatchShare
    {
        get => Number(ControlField.MicroBatchShare);
        set => SetNumber(ControlField.MicroBatchShare, value);
    }

    /// <summary>The largest norm of the mean gradient; 0, as at first, does not clip.</summary>
    public float ClipNorm
    {
        get => Number(ControlField.ClipNorm);
        set => SetNumber(ControlField.ClipNorm, value);
    }

    /// <summary>The largest magnitude of a gradient's element; +∞, as at first, does not clip.</summary>
    public float ClipValue
    {
        get => Number(ControlField.ClipValue);
        set => SetNumber(ControlField.ClipValue, value);
    }

    /// <summary>What the loss is multiplied with before it is differentiated; 1 at first.</summary>
    public float LossScale => Number(ControlField.LossScale);

    /// <summary>Which forward pass draws: its place since the last step, and the process in data-parallel training; both below 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    public void SetMicroBatch(int microBatch, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)microBatch, ushort.MaxValue, nameof(microBatch));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rank, ushort.MaxValue, nameof(rank));
        SetWord(ControlField.RankAndMicroBatch, ((uint)rank << 16) ^ (uint)microBatch);
    }

    /// <summary>Sets the coefficients of Adam and AdamW but for the decay, which differs by kind (<see cref="SetDecay"/>).</summary>
    /// <param name="learningRate">The rate of this step.</param>
    /// <param name="coefficients">As the CPU's step takes them.</param>
    public void SetAdam(double learningRate, in AdamCoefficients coefficients)
    {
        SetNumber(ControlField.LearningRate, (float)learningRate);
        SetNumber(ControlField.StepSize, coefficients.StepSize);
        SetNumber(ControlField.InverseRootCorrection2, 1f / coefficients.RootCorrection2);
        SetNumber(ControlField.Beta1, coefficients.Beta1);
        SetNumber(ControlField.OneMinusBeta1, coefficients.OneMinusBeta1);
        SetNumber(ControlField.Beta2, coefficients.Beta2);
        SetNumber(ControlField.OneMinusBeta2, coefficients.OneMinusBeta2);
        SetNumber(ControlField.Epsilon, coefficients.Epsilon);
    }

    /// <summary>Sets the coefficients of gradient descent but for the penalty, which differs by kind (<see cref="SetDecay"/>).</summary>
    public void SetSgd(in SgdCoefficients coefficients)
    {
        SetNumber(ControlField.LearningRate, coefficients.Rate);
        SetNumber(ControlField.Momentum, coefficients.Momentum);
        SetNumber(ControlField.GradientShare, coefficients.GradientShare);
        SetNumber(ControlField.LookAhead, coefficients.LookAhead);
    }

    /// <summary>Sets the coefficients of RMSProp but for the penalty, which differs by kind (<see cref="SetDecay"/>).</summary>
    public void SetRmsProp(in RmsPropCoefficients coefficients)
    {
        SetNumber(ControlField.LearningRate, coefficients.Rate);
        SetNumber(ControlField.Alpha, coefficients.Alpha);
        SetNumber(ControlField.OneMinusAlpha, coefficients.OneMinusAlpha);
        SetNumber(ControlField.Epsilon, coefficients.Epsilon);
        SetNumber(ControlField.Momentum, coefficients.Momentum);
    }

    /// <summary>How parameters of a kind decay.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="factor">What they are multiplied with: 1 − rate · λ in AdamW; 1 at first.</param>
    /// <param name="penalty">How much of them is added to their gradients: λ in Adam; 0 at first.</param>
    public void SetDecay(ParameterKind kind, float factor, float penalty)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)kind, (uint)Kinds, nameof(kind));
        SetNumber(ControlField.DecayFactor + (int)kind, factor);
        SetNumber(ControlField.Penalty + (int)kind, penalty);
    }

    /// <summary>Sets what the loss is multiplied with, and with it what gradients are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive.</exception>
    public void SetLossScale(float scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        SetNumber(ControlField.LossScale, scale);
        SetNumber(ControlField.InverseLossScale, 1 / scale);
    }

    /// <summary>Sets a row's record.</summary>
    /// <param name="row">From 0, below <see cref="RowCount"/>.</param>
    /// <param name="position">The position of the row's next token.</param>
    /// <param name="token">The token that is fed.</param>
    /// <param name="length">How many of the row's columns hold something.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a number is negative.</exception>
    public void SetRow(int row, int position, int token, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        WriteRow(row, position, (uint)Extent(token), length);
    }

    /// <summary>As <see cref="SetRow"/>, where the token is the one that the device has drawn last.</summary>
    /// <param name="row">From 0, below <see cref="RowCount"/>.</param>
    /// <param name="position">The position of the row's next token.</param>
    /// <param name="length">How many of the row's columns hold something.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a number is negative.</exception>
    public void SetRowAfterDraw(int row, int position, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        WriteRow(row, position, DrawnToken, length);
    }

    private void WriteRow(int row, int position, uint token, int length)
    {
        SetWord(row, ControlRowField.Position, (uint)Extent(position));
        SetWord(row, ControlRowField.Token, token);
        SetWord(row, ControlRowField.Length, (uint)Extent(length));
    }
}
