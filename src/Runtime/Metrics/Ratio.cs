namespace Transformer.Compiled.Metrics;

internal static class Ratio
{
    /// <summary>part / whole; 0 when the whole is 0.</summary>
    public static double Of(double part, double whole) => whole == 0 ? 0 : part / whole;
}
