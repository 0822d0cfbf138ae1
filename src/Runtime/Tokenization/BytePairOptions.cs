namespace Transformer.Compiled.Tokenization;

/// <summary>The settings of a byte-pair model, by the names of <c>tokenizer.json</c>.</summary>
internal sealed record BytePairOptions
{
    /// <summary>The token of characters that the vocabulary lacks (<c>unk_token</c>).</summary>
    public int? Unknown { get; init; }

    /// <summary>Unknown characters in a row become one token (<c>fuse_unk</c>).</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Characters that the vocabulary lacks become tokens of their UTF-8 bytes (<c>byte_fallback</c>).</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A word that is a token is taken as it is (<c>ignore_merges</c>).</summary>
    public bool IgnoreMerges { get; init; }
}
