namespace VerifyTests;

/// <summary>Finds and compares the files of one comparison.</summary>
internal static class Snapshot
{
    public static async Task Compare(string target, string extension, string sourceFile, string method, SnapshotSettings settings)
    {
        string directory = Path.Combine(Path.GetDirectoryName(sourceFile)!, settings.Directory);
        string parameters = settings.ParametersText is null ? "" : "_" + settings.ParametersText;
        string name = $"{Path.GetFileNameWithoutExtension(sourceFile)}.{settings.MethodName ?? method}{parameters}";
        string verified = Path.Combine(directory, $"{name}.verified.{extension}");
        string received = Path.Combine(directory, $"{name}.received.{extension}");

        string actual = WithUnixLineEnds(target);
        string? expected = File.Exists(verified) ? WithUnixLineEnds(await File.ReadAllTextAsync(verified)) : null;
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(received, actual);
        throw new VerifyException(expected is null
            ? $"There is no {verified}. What the test received is in {received}; rename it to accept it."
            : $"{Difference(expected, actual)}\nVerified: {verified}\nReceived: {received}");
    }

    private static string WithUnixLineEnds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string Difference(string expected, string actual)
    {
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        int line = expectedLines.Zip(actualLines).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"The texts differ from line {line + 1} on:\n- {LineOrEnd(expectedLines, line)}\n+ {LineOrEnd(actualLines, line)}";
    }

    private static string LineOrEnd(string[] lines, int line) => line < lines.Length ? lines[line] : "(end of text)";
}

/// <summary>A text is not what was verified before.</summary>
public sealed class VerifyException(string message) : Exception(message);
