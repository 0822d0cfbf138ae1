using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>A value under the name by which the user knows it (a property or a config key), and where it was given.</summary>
internal sealed record Setting<T>(T Value, string Name, LocationInfo? Location);
