using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>Encoders on the device do what those on the CPU do, for sequences of every kind and several lengths.</summary>
public sealed class DeviceEncodingTests
{
    public static TheoryData<string> Names => [.. OddEncoders.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void StatesVectorsAndLogitsAreTheCpusOwn(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        var inputs = new OddBatches(model.Type);
        using IEncoder host = model.Encoder(weights, null), device = DeviceModels.Encoder(model.Type, weights);
        foreach (int length in inputs.HasImages ? [host.SequenceLength] : (int[])[host.SequenceLength, 1, Math.Max(1, host.SequenceLength - 3)])
        {
            Example[] rows = [.. Enumerable.Range(0, host.Batch).Select(row => inputs.Sequence(length, row))];
            ModelRuns.Encode(host, rows);
            ModelRuns.Encode(device, rows);
            AssertEqual(model.Type, inputs, host, device);
        }
    }

    private static void AssertEqual(Type model, OddBatches inputs, IEncoder host, IEncoder device)
    {
        Agreement.Values("states", host.HiddenStates, device.HiddenStates);
        if (inputs.HasVector) Agreement.Values("pooled", host.Pooled, device.Pooled);
        var spec = model.GetCustomAttribute<TransformerAttribute>()!;
        if (model.GetCustomAttribute<InferenceAttribute>() is { HiddenStates: true })
        {
            for (int layer = 0; layer <= spec.Layers; layer++) Agreement.Values($"states {layer}", host.HiddenStatesOf(layer), device.HiddenStatesOf(layer));
        }

        if (spec.Head is HeadKind.LanguageModel or HeadKind.None) return;
        if (spec.Head == HeadKind.SpanExtraction)
        {
            // A part, and then the whole that begins with it.
            Agreement.Values("starts", host.StartLogits, device.StartLogits);
            Agreement.Values("logits", host.Logits, device.Logits);
            Agreement.Values("ends", host.EndLogits, device.EndLogits);
        }
        else Agreement.Values("logits", host.Logits, device.Logits);
    }
}
