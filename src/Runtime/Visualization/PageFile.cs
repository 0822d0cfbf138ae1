using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Visualization;

/// <summary>Files of pages and pictures, replaced whole or not at all.</summary>
internal static class PageFile
{
    private const int BufferBytes = 65536;

    public static void Write(string path, Action<Stream> write) => AtomicFile.Write(path, 0, stream =>
    {
        var buffered = new BufferedStream(stream, BufferBytes);
        write(buffered);
        buffered.Flush();
    });
}
