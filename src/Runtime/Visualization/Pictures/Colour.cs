namespace Transformer.Compiled.Visualization;

/// <summary>Red, green and blue, 0 to 255, as screens have them.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static Colour Paper => new(255, 255, 255);

    public static Colour Ink => new(27, 31, 36);

    public static Colour Faint => new(89, 99, 110);

    public static Colour Line => new(209, 217, 224);

    /// <summary>This colour with a part of another one over it.</summary>
    public Colour Under(Colour other, double part) =>
        new(Mixed(Red, other.Red, part), Mixed(Green, other.Green, part), Mixed(Blue, other.Blue, part));

    private static byte Mixed(byte low, byte high, double part) => (byte)Math.Round(low + (part * (high - low)));
}
