namespace Transformer.Compiled.Generator.Architectures;

/// <summary>The names of programs and of their phases, which are methods of the run-time's base classes.</summary>
internal static class Programs
{
    public const string Prefill = "Prefill", Decode = "Decode", Encode = "Encode", Train = "Train";

    public const string PrefillPhase = "PrefillLayers", LastLogitsPhase = "LastLogits", ChunkLogitsPhase = "ChunkLogits";
    public const string DecodePhase = "DecodeStep", EncodePhase = "EncodeLayers", EncodeSourcePhase = "EncodeSource", ForwardPhase = "Forward";

    /// <summary>The name of the program that computes the same and also keeps the weights of its attention.</summary>
    public static string Seeing(string program) => "Seeing" + program;
}
