using Models.Tests;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Device.Rounding;

/// <summary>The recorded inputs of a reference model as its programs in the reference interpreter take them, by name.</summary>
internal static class FixtureInputs
{
    /// <summary>Of an encoder's pass over all sequences or images.</summary>
    public static (string Name, IEnumerable<double> Value)[] Encoder(DeviceFixture model)
    {
        Fixture recorded = model.Recorded;
        PositionSpec position = model.Declaration.Spec.Main.Position;
        if (recorded.Has("in.pixel_values"))
        {
            int length = model.Declaration.Spec.Main.ContextLength;
            return [("pixels", recorded.Floats("in.pixel_values").Select(pixel => (double)pixel)), ("positions", Numbers(recorded.Shape("in.pixel_values")[0] * length, length))];
        }

        int[] tokens = recorded.Integers("in.input_ids");
        return
        [
            ("tokens", Doubles(tokens)),
            ("positions", position.PaddingToken < 0 ? Numbers(recorded, "in.input_ids") : Unpadded(tokens, recorded.Shape("in.input_ids")[1], position.PaddingToken)),
            ("attention_mask", recorded.Has("in.attention_mask") ? Doubles(recorded.Integers("in.attention_mask")) : tokens.Select(_ => 1.0)),
            ("token_types", recorded.Has("in.token_type_ids") ? Doubles(recorded.Integers("in.token_type_ids")) : tokens.Select(_ => 0.0)),
        ];
    }

    /// <summary>Of training.</summary>
    public static (string Name, IEnumerable<double> Value)[] Training(DeviceFixture model)
    {
        Fixture recorded = model.Recorded;
        switch (model.Declaration.Spec.Architecture)
        {
            case Architecture.DecoderOnly:
                (int[] inputs, int[] targets) = FixtureBatches.OfDecoder(recorded);
                return [("tokens", Doubles(inputs)), ("positions", Numbers(recorded, "in.input_ids")), ("targets", Doubles(targets))];
            case Architecture.EncoderOnly:
                return [.. Encoder(model), ("targets", Doubles(FixtureBatches.EncoderTargets(recorded)))];
            default:
                return
                [
                    ("sources", Doubles(recorded.Integers("in.input_ids"))),
                    ("source_positions", Numbers(recorded, "in.input_ids")),
                    ("source_mask", Doubles(recorded.Integers("in.attention_mask"))),
                    ("tokens", Doubles(FixtureBatches.DecoderTokens(recorded))),
                    ("positions", Numbers(recorded, "in.labels")),
                    ("targets", Doubles(recorded.Integers("in.labels"))),
                ];
        }
    }

    public static IEnumerable<double> Doubles(IEnumerable<int> values) => values.Select(value => (double)value);

    /// <summary>0, 1, 2, … in each sequence.</summary>
    private static IEnumerable<double> Numbers(int count, int length) => Enumerable.Range(0, count).Select(i => (double)(i % length));

    private static IEnumerable<double> Numbers(Fixture recorded, string tokens) => Numbers(recorded.Integers(tokens).Length, recorded.Shape(tokens)[1]);

    /// <summary>RoBERTa's: padding + 1, 2, 3, … for tokens, and padding for paddings.</summary>
    private static IEnumerable<double> Unpadded(int[] tokens, int length, int padding) => tokens.Select((token, i) =>
        token == padding ? (double)padding : padding + tokens[(i / length * length)..(i + 1)].Count(before => before != padding));
}
