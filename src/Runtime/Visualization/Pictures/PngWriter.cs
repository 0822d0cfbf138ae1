using System.Buffers.Binary;
using System.IO.Compression;

namespace Transformer.Compiled.Visualization;

/// <summary>Writes PNG files (ISO/IEC 15948) of 8 bits per channel, red, green and blue.</summary>
internal static class PngWriter
{
    private const byte DepthBits = 8, TrueColour = 2, FilterUp = 2;

    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Writes an image.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">[height, width, 3].</param>
    public static void Write(Stream stream, int width, int height, ReadOnlySpan<byte> pixels)
    {
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = DepthBits;
        header[9] = TrueColour;
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Compressed(pixels, width * 3, height));
        WriteChunk(stream, "IEND"u8, []);
    }

    /// <summary>Each row less the row above it: rows of a heat map repeat, so that most of it is 0.</summary>
    private static ReadOnlySpan<byte> Compressed(ReadOnlySpan<byte> pixels, int rowBytes, int height)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var filtered = new byte[rowBytes + 1];
            filtered[0] = FilterUp;
            for (int row = 0; row < height; row++)
            {
                ReadOnlySpan<byte> current = pixels.Slice(row * rowBytes, rowBytes);
                if (row == 0) current.CopyTo(filtered.AsSpan(1));
                else Subtract(current, pixels.Slice((row - 1) * rowBytes, rowBytes), filtered.AsSpan(1));
                zlib.Write(filtered);
            }
        }
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void Subtract(ReadOnlySpan<byte> current, ReadOnlySpan<byte> above, Span<byte> difference)
    {
        for (int i = 0; i < current.Length; i++) difference[i] = (byte)(current[i] - above[i]);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        stream.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data) crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }
        return table;
    }
}
