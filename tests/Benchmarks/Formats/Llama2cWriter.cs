using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>Files that llama2.c's run.c reads: a checkpoint (its version 0, float32) and a vocabulary.</summary>
internal static class Llama2cWriter
{
    /// <summary>Sizes, then each kind of tensor for all layers, in run.c's order.</summary>
    public static void WriteCheckpoint(string path, LlamaTensors tensors)
    {
        LlamaShape shape = tensors.Shape;
        using BinaryWriter writer = new(File.Create(path));
        int[] sizes =
        [
            shape.DModel, shape.FeedForwardDim, shape.Layers, shape.Heads, shape.KeyValueHeads, shape.VocabularySize, shape.ContextLength,
        ];
        foreach (int size in sizes) writer.Write(size);
        Write(writer, tensors.Embedding);
        Func<int, float[]>[] kinds =
        [
            tensors.AttentionNorm, tensors.Query, tensors.Key, tensors.Value, tensors.AttentionOutput,
            tensors.FeedForwardNorm, tensors.Gate, tensors.Down, tensors.Up,
        ];
        foreach (Func<int, float[]> kind in kinds)
        {
            for (int layer = 0; layer < shape.Layers; layer++) Write(writer, kind(layer));
        }
        Write(writer, tensors.FinalNorm);
        Write(writer, new float[shape.ContextLength * shape.HeadDim]); // sines and cosines, which run.c skips
    }

    /// <summary>A vocabulary whose pieces are the tokens' numbers, so that what is written can be read as tokens.</summary>
    public static void WriteNumbers(string path, int vocabularySize)
    {
        using BinaryWriter writer = new(File.Create(path));
        writer.Write(Piece(vocabularySize).Length);
        for (int token = 0; token < vocabularySize; token++)
        {
            byte[] piece = Piece(token);
            writer.Write(0f);
            writer.Write(piece.Length);
            writer.Write(piece);
        }
    }

    private static byte[] Piece(int token) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {token}"));

    private static void Write(BinaryWriter writer, float[] values) => writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
}
