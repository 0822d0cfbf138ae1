using Transformer.Compiled.Generation;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>Steps that follow each other without the host: a model of pairs, whose logits are a row of a table.</summary>
public sealed class ChainTests
{
    private const int Vocabulary = 131;
    private const int Context = 40;
    private const int Prompt = 3;
    private static readonly float[] Table = [.. Numbers.Random(8, Vocabulary * Vocabulary).Select(value => 2 * value)];

    [Fact]
    public void TheHostKnowsNoTokenUntilTheLast()
    {
        int[] prompt = Numbers.Integers(2, Prompt, Vocabulary);
        Assert.Equal(OnHost(Sampler(), prompt), OnDevice(Sampler(), prompt));
    }

    private static Sampler Sampler() => new() { TopK = 60, TopP = 0.95f, RepetitionPenalty = 1.4f, RepetitionWindow = 8, NoRepeatNGram = 2, Seed = 4 };

    private static int[] OnHost(Sampler sampler, int[] prompt)
    {
        List<int> history = [.. prompt];
        while (history.Count < Context) history.Add(sampler.Sample(Table.AsSpan(history[^1] * Vocabulary, Vocabulary), history.ToArray()));
        return [.. history];
    }

    private static int[] OnDevice(Sampler sampler, int[] prompt)
    {
        using var device = new Device();
        var shape = new SamplingShape(Extent.Of(1), Vocabulary, Context);
        PtxKernel feed = SamplingKernels.Feed(shape), sample = SamplingKernels.Sample(shape);
        PtxKernel model = EmbeddingKernels.Forward(new EmbeddingShape(Extent.Of(1), Vocabulary, Vocabulary, 1f, TableLayout.RowMajor), Addend.None);
        int[] start = new int[Context];
        prompt.CopyTo(start, 0);
        DeviceBuffer history = device.Of(start), table = device.Of(Table), drawn = device.Unwritten(1), tokens = device.Unwritten(1), positions = device.Unwritten(1);
        DeviceBuffer logits = device.Unwritten(Vocabulary), orders = device.Unwritten(shape.WorkspaceWords);
        for (int position = Prompt - 1; position < Context - 1; position++)
        {
            var control = ControlWords.Of(1, sampler, ahead: position - Prompt + 1);
            control.Set(0, ControlRowField.Position, position);
            control.Set(0, ControlRowField.Token, position < Prompt ? prompt[position] : -1);
            DeviceBuffer words = device.Of(control.Words);
            device.Run(feed, drawn, tokens, positions, history, words);
            device.Run(model, tokens, table, logits);
            device.Run(sample, logits, history, orders, drawn, words);
        }

        int[] found = history.Words();
        foreach (int token in found[Prompt..]) sampler.Accept(token);
        return found;
    }
}
