using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>FNV-1a, 32 bits, over UTF-8 (Fowler, Noll and Vo): the same for a name on every machine and in every plan.</summary>
internal static class StableHash
{
    public static uint Compute(string name)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 16777619);
        return hash;
    }

    /// <summary>As a C# literal, such as <c>0x9AB3F01Cu</c>.</summary>
    public static string Literal(string name) => "0x" + Compute(name).ToString("X8", CultureInfo.InvariantCulture) + "u";
}
