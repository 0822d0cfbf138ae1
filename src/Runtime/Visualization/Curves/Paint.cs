namespace Transformer.Compiled.Visualization;

/// <summary>What something in a diagram is, from which its colour follows: of the page's style, or of the picture.</summary>
internal enum Paint
{
    Ink,
    Faint,
    Line,
    Loss,
    Spread,
    Validation,
    Rate,
}
