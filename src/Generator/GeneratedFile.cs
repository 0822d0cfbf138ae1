namespace Transformer.Compiled.Generator;

/// <summary>One file of generated C#: its name, unique in the project, and its text with <c>\n</c> line ends.</summary>
internal sealed record GeneratedFile(string HintName, string Text);
