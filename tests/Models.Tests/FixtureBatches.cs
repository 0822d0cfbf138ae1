using System.Text.Json;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>What a trainer is given of a reference model's recorded inputs.</summary>
internal static class FixtureBatches
{
    /// <summary>Of a decoder: tokens, and labels moved to the token before.</summary>
    public static (int[] Inputs, int[] Targets) OfDecoder(Fixture fixture)
    {
        int[] targets = fixture.Integers("in.labels");
        Labels.Shift(targets, fixture.Shape("in.labels")[1], targets);
        return (fixture.Integers("in.input_ids"), targets);
    }

    public static void FillDecoder(TrainingBatch batch, Fixture fixture)
    {
        (int[] inputs, int[] targets) = OfDecoder(fixture);
        inputs.CopyTo(batch.Tokens);
        targets.CopyTo(batch.Targets);
    }

    public static void FillEncoder(TrainingBatch batch, Fixture fixture)
    {
        if (fixture.Has("in.pixel_values")) fixture.Floats("in.pixel_values").CopyTo(batch.Pixels);
        else fixture.Integers("in.input_ids").CopyTo(batch.Tokens);
        if (fixture.Has("in.attention_mask")) fixture.Integers("in.attention_mask").CopyTo(batch.AttentionMask);
        if (fixture.Has("in.token_type_ids")) fixture.Integers("in.token_type_ids").CopyTo(batch.TokenTypes);
        EncoderTargets(fixture).CopyTo(batch.Targets);
    }

    /// <summary>Labels, or the first tokens of answers before their last ones.</summary>
    public static int[] EncoderTargets(Fixture fixture) =>
        fixture.Has("in.labels") ? fixture.Integers("in.labels") : [.. fixture.Integers("in.start_positions"), .. fixture.Integers("in.end_positions")];

    public static void FillPair(TrainingBatch batch, Fixture fixture)
    {
        fixture.Integers("in.input_ids").CopyTo(batch.Sources);
        fixture.Integers("in.attention_mask").CopyTo(batch.SourceMask);
        DecoderTokens(fixture).CopyTo(batch.Tokens);
        fixture.Integers("in.labels").CopyTo(batch.Targets);
    }

    /// <summary>The labels moved by one behind the start token, ignored ones as padding: what Hugging Face's models make of them.</summary>
    public static int[] DecoderTokens(Fixture fixture)
    {
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(fixture.Folder, "config.json")));
        int start = config.RootElement.GetProperty("decoder_start_token_id").GetInt32(), padding = config.RootElement.GetProperty("pad_token_id").GetInt32();
        int[] labels = fixture.Integers("in.labels");
        int length = fixture.Shape("in.labels")[1];
        return [.. labels.Select((_, i) => i % length == 0 ? start : labels[i - 1] == Labels.Ignored ? padding : labels[i - 1])];
    }
}
