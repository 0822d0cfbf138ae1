using System.Runtime.InteropServices;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>Writes what llm.c's train_gpt2 reads: a checkpoint of version 3 (float32), and tokens of version 1. Both begin with 256 integers.</summary>
internal static class LlmcWriter
{
    private const int HeaderInts = 256;
    private const int CheckpointMagic = 20240326, CheckpointVersion = 3;
    private const int TokensMagic = 20240520, TokensVersion = 1;
    private const int VocabularyMultiple = 128;

    /// <summary>The tensors of a layer in the file's order; those in one group follow each other, and each group stands for all layers together.</summary>
    private static readonly string[][] _groups =
    [
        ["attention.norm.weight"],
        ["attention.norm.bias"],
        ["attention.query.weight", "attention.key.weight", "attention.value.weight"],
        ["attention.query.bias", "attention.key.bias", "attention.value.bias"],
        ["attention.output.weight"],
        ["attention.output.bias"],
        ["feed_forward.norm.weight"],
        ["feed_forward.norm.bias"],
        ["feed_forward.up.weight"],
        ["feed_forward.up.bias"],
        ["feed_forward.down.weight"],
        ["feed_forward.down.bias"],
    ];

    /// <summary>A GPT-2 of this project's names; the vocabulary is padded with zeros to a multiple of 128.</summary>
    public static void WriteCheckpoint(string path, ModelWeights weights, int layers, int heads)
    {
        const string Tokens = "embedding.tokens.weight", Positions = "embedding.positions.weight";
        int vocabulary = weights.Shape(Tokens)[0], width = weights.Shape(Tokens)[1];
        int padded = (vocabulary + VocabularyMultiple - 1) / VocabularyMultiple * VocabularyMultiple;
        using FileStream stream = File.Create(path);
        WriteHeader(stream, CheckpointMagic, CheckpointVersion, weights.Shape(Positions)[0], vocabulary, layers, heads, width, padded);
        WriteTensor(stream, weights, Tokens);
        stream.Write(new byte[(long)(padded - vocabulary) * width * sizeof(float)]);
        WriteTensor(stream, weights, Positions);
        foreach (string[] group in _groups)
        {
            for (int layer = 0; layer < layers; layer++)
            {
                foreach (string name in group) WriteTensor(stream, weights, $"layers.{layer}.{name}");
            }
        }
        WriteTensor(stream, weights, "final_norm.weight");
        WriteTensor(stream, weights, "final_norm.bias");
    }

    /// <summary>Tokens below 65,536.</summary>
    public static void WriteTokens(string path, ReadOnlySpan<int> tokens)
    {
        ushort[] shorts = new ushort[tokens.Length];
        for (int i = 0; i < shorts.Length; i++) shorts[i] = checked((ushort)tokens[i]);
        using FileStream stream = File.Create(path);
        WriteHeader(stream, TokensMagic, TokensVersion, tokens.Length);
        stream.Write(MemoryMarshal.AsBytes<ushort>(shorts));
    }

    private static void WriteHeader(Stream stream, params ReadOnlySpan<int> values)
    {
        Span<int> header = new int[HeaderInts];
        values.CopyTo(header);
        stream.Write(MemoryMarshal.AsBytes(header));
    }

    private static void WriteTensor(Stream stream, ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int size in weights.Shape(name)) count *= size;
        float[] values = new float[count];
        weights.Export(name, values);
        stream.Write(MemoryMarshal.AsBytes<float>(values));
    }
}
