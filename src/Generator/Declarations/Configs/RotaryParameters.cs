namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>
/// Rotary positions in a config: <c>rope_theta</c> with an optional <c>rope_scaling</c>, or <c>rope_parameters</c>, which newer versions of the
/// library write and which holds both. As in the library, <c>rope_scaling</c> goes before <c>rope_parameters</c>, and a theta inside the object
/// before the one outside.
/// </summary>
internal static class RotaryParameters
{
    private static readonly (string Key, string Default)[] _keys =
    [
        ("rope_type", "null"),
        ("type", "null"),
        ("rope_theta", "null"),
        ("partial_rotary_factor", "null"),
        ("factor", "null"),
        ("low_freq_factor", "null"),
        ("high_freq_factor", "null"),
        ("original_max_position_embeddings", "null"),
    ];

    private static readonly ConfigTable _scaling = new("rope_scaling", _keys, [], []);
    private static readonly ConfigTable _parameters = new("rope_parameters", _keys, [], []);

    /// <param name="reader">The config.</param>
    /// <param name="family">Its family, for messages.</param>
    /// <param name="theta">The base of the wavelengths where the object has none.</param>
    /// <param name="fraction">Which part of each head is rotated where the object does not say it; null for all of it.</param>
    /// <param name="headDim">The width of a head.</param>
    public static PositionDraft Read(ConfigReader reader, string family, Setting<double> theta, Setting<double>? fraction, int headDim)
    {
        ConfigReader? scaling = reader.OptionalObject("rope_scaling", _scaling) ?? reader.OptionalObject("rope_parameters", _parameters);
        scaling?.ReportUnknownKeys(family);
        fraction = scaling?.OptionalNumber("partial_rotary_factor") ?? fraction;
        return new PositionDraft
        {
            Kind = PositionKind.Rotary,
            Theta = scaling?.OptionalNumber("rope_theta") ?? theta,
            RotaryDim = fraction is null ? null : new Setting<int>((int)(headDim * fraction.Value), fraction.Name, fraction.Location),
            Scaling = scaling is null ? null : ReadScaling(scaling),
        };
    }

    private static RotaryScalingDraft? ReadScaling(ConfigReader reader)
    {
        string key = reader.IsNull("rope_type") ? "type" : "rope_type";
        if (reader.IsNull(key)) return null;

        RotaryScalingKind kind = reader.Choice(
            key, ("default", RotaryScalingKind.None), ("linear", RotaryScalingKind.Linear), ("llama3", RotaryScalingKind.Llama3));
        if (kind == RotaryScalingKind.None) return null;

        var scaling = new RotaryScalingDraft { Kind = kind, Factor = reader.Number("factor") };
        return kind == RotaryScalingKind.Linear ? scaling : scaling with
        {
            LowFrequencyFactor = reader.Number("low_freq_factor"),
            HighFrequencyFactor = reader.Number("high_freq_factor"),
            OriginalContextLength = reader.Integer("original_max_position_embeddings"),
        };
    }
}
