using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Models;

/// <summary>Declarations as the generator reads them from source.</summary>
internal static class Declared
{
    /// <param name="attributes">The attribute lists of a class, such as <c>[Transformer(…), Training(…)]</c>.</param>
    public static ModelDeclaration Of(string attributes)
    {
        GeneratorRun run = GeneratorRun.Of($"{attributes} partial class Model;");
        Assert.Empty(run.Diagnostics);
        return run.Declarations.Single();
    }
}
