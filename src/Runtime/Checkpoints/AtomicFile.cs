namespace Transformer.Compiled.Checkpoints;

/// <summary>Replaces files so that a reader, or a crash, sees the old content or the new, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Has <paramref name="write"/> fill a temporary file of <paramref name="length"/> bytes beside <paramref name="path"/>, flushes it to disk and
    /// renames it. If anything fails, the temporary file is removed and the old file stays.
    /// </summary>
    public static void Write(string path, long length, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = length };
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
