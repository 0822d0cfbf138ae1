namespace Transformer.Compiled.Tests;

/// <summary>A test on a file of the data folder, which the environment names; without it the test is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string relativePath)
    {
        if (TestData.Folder == null)
            Skip = $"Needs {relativePath} of the data folder: set {TestData.Variable} to its path.";
    }
}
