using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Runtime.Tests.Visualization;

/// <summary>A PNG file, read strictly and apart from the writer: signature, order and checksums of chunks, and one filter.</summary>
internal sealed class PngImage
{
    private readonly byte[] _pixels;

    public PngImage(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        var data = new MemoryStream();
        var types = new List<string>();
        int at = 8;
        while (at < file.Length)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            string type = Encoding.ASCII.GetString(file, at + 4, 4);
            ReadOnlySpan<byte> content = file.AsSpan(at + 8, length);
            Assert.Equal(Crc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            if (type == "IHDR")
            {
                Width = BinaryPrimitives.ReadInt32BigEndian(content);
                Height = BinaryPrimitives.ReadInt32BigEndian(content[4..]);
                Assert.Equal([8, 2, 0, 0, 0], content[8..].ToArray());
            }
            if (type == "IDAT") data.Write(content);
            types.Add(type);
            at += 12 + length;
        }
        Assert.Equal(["IHDR", "IDAT", "IEND"], types);
        _pixels = Unfiltered(data);
    }

    public int Width { get; }

    public int Height { get; }

    public (byte Red, byte Green, byte Blue) this[int x, int y]
    {
        get
        {
            int at = 3 * ((y * Width) + x);
            return (_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
    }

    /// <summary>Pixels of a colour.</summary>
    public int Count((byte Red, byte Green, byte Blue) colour)
    {
        int count = 0;
        for (int pixel = 0; pixel < Width * Height; pixel++)
        {
            if (this[pixel % Width, pixel / Width] == colour) count++;
        }
        return count;
    }

    private byte[] Unfiltered(MemoryStream data)
    {
        data.Position = 0;
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        int rowBytes = 3 * Width;
        var pixels = new byte[rowBytes * Height];
        var row = new byte[rowBytes + 1];
        for (int y = 0; y < Height; y++)
        {
            zlib.ReadExactly(row);
            Assert.Equal(2, row[0]);
            for (int i = 0; i < rowBytes; i++)
                pixels[(y * rowBytes) + i] = (byte)(row[i + 1] + (y == 0 ? 0 : pixels[((y - 1) * rowBytes) + i]));
        }
        Assert.Equal(-1, zlib.ReadByte());
        return pixels;
    }

    /// <summary>Bit by bit, as ISO/IEC 15948, 5.5 defines it.</summary>
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool isOdd = ((crc ^ ((uint)value >> bit)) & 1) != 0;
                crc = isOdd ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }
        return ~crc;
    }
}
