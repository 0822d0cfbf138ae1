using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>What was drawn, the histories with it, and what the launch took.</summary>
internal sealed record Drawn(int[] Tokens, int[] History, LaunchTrace Trace);

/// <summary>Rows of logits and histories, sampled on the device and by the run-time's sampler, which draws for one row after the other.</summary>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Context">What a history has room for.</param>
/// <param name="Logits">[rows, vocabulary].</param>
/// <param name="Histories">By row.</param>
internal sealed record SamplingRun(int Vocabulary, int Context, float[] Logits, int[][] Histories)
{
    private int Rows => Histories.Length;

    public int[] OnHost(Sampler sampler) =>
        [.. Histories.Select((history, row) => sampler.Sample(Logits.AsSpan(row * Vocabulary, Vocabulary), history))];

    public Drawn OnDevice(Sampler sampler, int seed = 1, ulong? draw = null) => OnDevice(sampler, Extent.Of(Rows), seed, draw);

    public Drawn OnDevice(Sampler sampler, Extent rows, int seed = 1, ulong? draw = null)
    {
        using var device = new Device(seed);
        var shape = new SamplingShape(rows, Vocabulary, Context);
        int[] histories = new int[Rows * Context];
        Array.Fill(histories, -1);
        for (int row = 0; row < Rows; row++) Histories[row].CopyTo(histories, row * Context);
        DeviceBuffer logits = device.Of(Logits), history = device.Of(histories), drawn = device.Unwritten(Rows);
        device.Run(SamplingKernels.Sample(shape), logits, history, device.Unwritten(Rows * shape.Stride), drawn, Control(device, sampler, draw));
        Assert.Equal(Logits, logits.Floats());
        return new Drawn(drawn.Words(), history.Words(), device.LastLaunch);
    }

    private DeviceBuffer Control(Device device, Sampler sampler, ulong? draw)
    {
        var control = ControlWords.Of(Rows, sampler);
        for (int row = 0; row < Rows; row++)
        {
            control.Set(row, ControlRowField.Position, Histories[row].Length - 1);
            if (draw is { } given) control.SetDraw(row, given);
        }

        return device.Of(control.Words);
    }
}

/// <summary>A control block with records of rows; what is not set is poison.</summary>
internal sealed class ControlWords
{
    public ControlWords(int rows)
    {
        Words = new int[ControlLayout.Bytes(rows) / 4];
        Array.Fill(Words, -1);
    }

    public int[] Words { get; }

    /// <summary>With a sampler's settings, and its next numbers but some.</summary>
    public static ControlWords Of(int rows, Sampler sampler, int ahead = 0)
    {
        var control = new ControlWords(rows);
        control.Set(ControlField.Rows, rows);
        control.Set(ControlField.Temperature, sampler.Temperature);
        control.Set(ControlField.TopK, sampler.TopK);
        control.Set(ControlField.TopP, sampler.TopP);
        control.Set(ControlField.MinP, sampler.MinP);
        control.Set(ControlField.RepetitionPenalty, sampler.RepetitionPenalty);
        control.Set(ControlField.RepetitionWindow, sampler.RepetitionWindow);
        control.Set(ControlField.NoRepeatNGram, sampler.NoRepeatNGram);
        for (int row = 0; row < rows; row++) control.SetDraw(row, sampler.UpcomingDraw(ahead + row));
        return control;
    }

    public void Set(ControlField field, int value) => Words[ControlLayout.Offset(field) / 4] = value;

    public void Set(ControlField field, float value) => Set(field, BitConverter.SingleToInt32Bits(value));

    public void Set(int row, ControlRowField field, int value) => Words[ControlLayout.Offset(row, field) / 4] = value;

    public void SetDraw(int row, ulong draw)
    {
        Set(row, ControlRowField.DrawLow, (int)(uint)draw);
        Set(row, ControlRowField.DrawHigh, (int)(uint)(draw >> 32));
    }
}
