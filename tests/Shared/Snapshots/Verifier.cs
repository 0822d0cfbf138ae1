using System.Runtime.CompilerServices;
using VerifyTests;

namespace VerifyXunit;

/// <summary>
/// Stands in for the class of the same name in Verify.Xunit: the small part of its interface that the tests use, with its file names and
/// conventions. Built with <c>-p:Snapshots=Verify</c>, the tests use the real one.
/// </summary>
public static class Verifier
{
    /// <summary>
    /// Compares a text with the file <c>TestClass.TestMethod.verified.extension</c> beside the test. On a mismatch, or where there is no such
    /// file, the text is written to <c>….received.extension</c> and the test fails; to accept it, a person renames the file.
    /// </summary>
    public static SettingsTask Verify(
        string? target, string extension = "txt", [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
        => new(settings => Snapshot.Compare(target ?? "null", extension, sourceFile, method, settings));
}
