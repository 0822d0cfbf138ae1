using System.Globalization;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Numbers as text, the same under every culture.</summary>
internal static class InvariantText
{
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
