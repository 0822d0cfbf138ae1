using System.Buffers.Binary;
using System.Text;
using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

/// <summary>Whatever happens to a file's bytes, it is loaded or refused; nothing else is thrown, and nothing is read outside the file.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private const int Mutants = 6000;

    private readonly TemporaryFolder _folder = new();

    private static readonly ModelLayout Layout = new LayoutBuilder("Small")
        .Whole("table", [5, 3], TensorOrientation.RowMajor, StorageFormat.Panels)
        .Whole("mixed", [3, 2], TensorOrientation.Transposed, StorageFormat.Panels)
        .Whole("bias", [5], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Build();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MutatedFilesLoadOrAreRefused()
    {
        byte[] valid = Valid();
        var random = new Random(20240607);
        int loaded = 0;
        for (int mutant = 0; mutant < Mutants; mutant++)
        {
            byte[] image = valid;
            for (int change = random.Next(1, 4); change > 0; change--) image = Mutate(image, random);
            if (Loads(image)) loaded++;
        }

        Assert.InRange(loaded, 1, Mutants - 1);
        Assert.True(Loads(valid));
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        byte[] valid = Valid();
        for (int length = 0; length < valid.Length; length++) Assert.False(Loads(valid[..length]), $"a file cut to {length} bytes was loaded");
    }

    [Fact]
    public void EveryFlippedBitOfTheHeaderIsSurvived()
    {
        byte[] valid = Valid();
        int headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(valid);
        for (int bit = 0; bit < 8 * headerEnd; bit++)
        {
            byte[] image = [.. valid];
            image[bit / 8] ^= (byte)(1 << (bit % 8));
            Loads(image);
        }
    }

    [Fact]
    public void EveryFlippedBitOfAnIndexIsSurvived()
    {
        byte[] valid = "{\"weight_map\":{\"table\":\"s\",\"mixed\":\"s\",\"bias\":\"s\",\"training.step\":\"s\"}}"u8.ToArray();
        File.WriteAllBytes(_folder.File("s"), Valid());
        string path = _folder.File("model.safetensors.index.json");
        Assert.True(Loads(path, valid));
        for (int bit = 0; bit < 8 * valid.Length; bit++)
        {
            byte[] index = [.. valid];
            index[bit / 8] ^= (byte)(1 << (bit % 8));
            Loads(path, index);
        }
    }

    private static byte[] Valid()
    {
        string header = "{\"__metadata__\":{\"format\":\"pt\"}," + Entry("table", "F32", "[5,3]", 0, 60) + "," + Entry("mixed", "BF16", "[3,2]", 60, 72) + ","
            + Entry("bias", "F16", "[5]", 72, 82) + "," + Entry("training.step", "I64", "[]", 82, 90) + "}";
        var data = new byte[90];
        for (int index = 0; index < data.Length; index++) data[index] = (byte)(7 * index);
        return Of(header, data);
    }

    private static byte[] Mutate(byte[] image, Random random)
    {
        if (image.Length == 0) return [(byte)random.Next(256)];
        int place = random.Next(image.Length);
        int headerEnd = Math.Min(image.Length, 280);
        switch (random.Next(8))
        {
            case 0: // one bit flipped
                return Replace(image, place, [(byte)(image[place] ^ (1 << random.Next(8)))]);
            case 1: // one byte of the header replaced by another that JSON knows
                return Replace(image, random.Next(headerEnd), ["{}[]\":,0123456789eE+-. \\utfn"u8[random.Next(28)]]);
            case 2: // the end cut off
                return image[..place];
            case 3: // bytes inserted
                var inserted = new byte[random.Next(1, 12)];
                random.NextBytes(inserted);
                return [.. image[..place], .. inserted, .. image[place..]];
            case 4: // bytes taken out
                return [.. image[..place], .. image[Math.Min(image.Length, place + random.Next(1, 12))..]];
            case 5: // another length of the header
                var length = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, random.Next(4) == 0 ? random.NextInt64() : random.Next(400));
                return Replace(image, 0, length);
            case 6: // a number of the header replaced
                return ReplaceNumber(image, random);
            default: // a part repeated elsewhere
                int from = random.Next(image.Length);
                byte[] part = image[from..Math.Min(image.Length, from + random.Next(1, 60))];
                return [.. image[..place], .. part, .. image[place..]];
        }
    }

    private static byte[] ReplaceNumber(byte[] image, Random random)
    {
        string[] numbers = ["0", "1", "-1", "60", "72", "90", "91", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "1e9", "0.5"];
        int place = Array.FindIndex(image, random.Next(image.Length), value => value is >= (byte)'0' and <= (byte)'9');
        return place < 8 ? image : [.. image[..place], .. Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]), .. image[(place + 1)..]];
    }

    private static byte[] Replace(byte[] image, int place, byte[] bytes)
    {
        byte[] replaced = [.. image];
        bytes.AsSpan(0, Math.Min(bytes.Length, image.Length - place)).CopyTo(replaced.AsSpan(place));
        return replaced;
    }

    /// <summary>Loads a file in every way there is; true if the model took it, false if it was refused, anything else fails the test.</summary>
    private bool Loads(byte[] image) => Loads(_folder.File("mutant.safetensors"), image);

    private static bool Loads(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        try
        {
            if (path.EndsWith(".safetensors")) ReadAll(path);
            using TestWeights weights = TestWeights.Load(Layout, path);
            return true;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    private static void ReadAll(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            file.ReadBytes(tensor.Name, 0, new byte[tensor.Type.Bytes(tensor.Count)]);
            if (SafetensorsFile.IsFloat(tensor.Type)) file.ReadFloat32(tensor.Name, new float[tensor.Count]);
        }
    }
}
