using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Transformer.Compiled.Generator.Diagnostics;

/// <summary>A place in a source or config file, as plain values: unlike a <see cref="Location"/> it keeps no syntax tree alive.</summary>
internal sealed record LocationInfo(string FilePath, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo From(Location location)
        => new(location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);

    public Location ToLocation() => Location.Create(FilePath, Span, Lines);
}
