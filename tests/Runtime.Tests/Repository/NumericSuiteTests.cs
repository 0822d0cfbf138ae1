using System.Reflection;
using Runtime.Tests.Kernels;

namespace Runtime.Tests.Repository;

/// <summary>Tests that run under the JIT alone would leave the ahead-of-time compiler's kernels untested.</summary>
public sealed class NumericSuiteTests
{
    [Fact]
    public void EveryTestOfAKernelIsRunAheadOfTimeToo()
    {
        string program = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "NumericSuite.Program.cs"));
        IEnumerable<string> tests = typeof(LinearTests).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(LinearTests).Namespace)
            .Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null))
            .Select(type => type.Name);
        Assert.All(tests, test => Assert.Contains($"suite.Run<{test}>();", program, StringComparison.Ordinal));
    }
}
