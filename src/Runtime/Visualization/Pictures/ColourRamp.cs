namespace Transformer.Compiled.Visualization;

/// <summary>Colours from low to high values, on white: the same as the pages' in light.</summary>
internal sealed class ColourRamp
{
    private readonly Colour[] _stops;

    private ColourRamp(params Colour[] stops) => _stops = stops;

    /// <summary>0 to 1: white to dark blue.</summary>
    public static ColourRamp Positive { get; } = new(new(255, 255, 255), new(198, 219, 239), new(66, 146, 198), new(8, 48, 107));

    /// <summary>0 to 1: red, white in the middle, blue.</summary>
    public static ColourRamp Signed { get; } = new(new(178, 24, 43), new(244, 165, 130), new(255, 255, 255), new(146, 197, 222), new(33, 102, 172));

    /// <summary>The colour at a part of the way; parts outside [0, 1] are the ends.</summary>
    public Colour At(double part)
    {
        double at = Math.Clamp(part, 0, 1) * (_stops.Length - 1);
        int low = Math.Min((int)at, _stops.Length - 2);
        return _stops[low].Under(_stops[low + 1], at - low);
    }
}
