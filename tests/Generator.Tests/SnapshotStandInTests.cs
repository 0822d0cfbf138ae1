using VerifyTests;
using VerifyXunit;

namespace Generator.Tests;

/// <summary>The stand-in for Verify compares, writes what it received, and never accepts by itself.</summary>
public sealed class SnapshotStandInTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snapshots").FullName;

    private string SourceFile => Path.Combine(_folder, "Class.cs");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EqualTextPassesAndOldReceivedFileGoes()
    {
        Write("Class.Method.verified.txt", "one\r\ntwo");
        Write("Class.Method.received.txt", "old");
        await Verifier.Verify("one\ntwo", "txt", SourceFile, "Method");
        Assert.Equal(["Class.Method.verified.txt"], Files());
    }

    [Fact]
    public async Task NewTextIsReceivedAndFails()
    {
        await Assert.ThrowsAsync<VerifyException>(() => Verifier.Verify("text", "cs", SourceFile, "Method").UseDirectory("Snapshots"));
        Assert.Equal("text", File.ReadAllText(Path.Combine(_folder, "Snapshots", "Class.Method.received.cs")));
    }

    [Fact]
    public async Task ChangedTextNamesTheFirstLineThatDiffers()
    {
        Write("Class.Method_part.verified.txt", "one\ntwo");
        VerifyException exception = await Assert.ThrowsAsync<VerifyException>(
            () => Verifier.Verify("one\n2", "txt", SourceFile, "Method").UseTextForParameters("part"));
        Assert.Contains("line 2 on:\n- two\n+ 2", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["Class.Method_part.received.txt", "Class.Method_part.verified.txt"], Files());
        Assert.Equal("one\ntwo", File.ReadAllText(Path.Combine(_folder, "Class.Method_part.verified.txt")));
    }

    [Fact]
    public async Task MethodNameCanBeReplaced()
    {
        Write("Class.Other.verified.txt", "text");
        await Verifier.Verify("text", "txt", SourceFile, "Method").UseMethodName("Other");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private IEnumerable<string?> Files() => Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
