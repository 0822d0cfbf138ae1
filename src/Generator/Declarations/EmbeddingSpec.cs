namespace Transformer.Compiled.Generator.Declarations;

internal sealed record EmbeddingSpec
{
    /// <summary>The factor on token embeddings, 1 for none.</summary>
    public required float Scale { get; init; }

    /// <summary>Rows of the table of token types; 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Rows of a table of positions that checkpoints hold although nothing reads it; 0 for none.</summary>
    public int UnusedPositions { get; init; }

    /// <summary>The token whose embedding lookups do not train (PyTorch's padding_idx); −1 for none.</summary>
    public int PaddingToken { get; init; } = -1;

    /// <summary>Whether encoder and decoder share the table.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether the caller gives a factor for each position's embedding.</summary>
    public bool InputMask { get; init; }

    /// <summary>Null where tokens come in.</summary>
    public ImageSpec? Image { get; init; }
}

/// <summary>Images in squares: each patch is a token, and a class token stands before them.</summary>
internal sealed record ImageSpec
{
    public required int Height { get; init; }
    public required int Width { get; init; }

    /// <summary>The sides of a patch; it divides height and width.</summary>
    public required int PatchSize { get; init; }
    public required int Channels { get; init; }

    public int Patches => Height / PatchSize * (Width / PatchSize);

    /// <summary>Floats of one patch.</summary>
    public int PatchFloats => Channels * PatchSize * PatchSize;

    public int Floats => Channels * Height * Width;
}
