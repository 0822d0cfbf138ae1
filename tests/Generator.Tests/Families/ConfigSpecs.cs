using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Families;

/// <summary>What configs become.</summary>
internal static class ConfigSpecs
{
    /// <summary>The spec of a config about which there is nothing to say.</summary>
    public static TransformerSpec Spec(string config, string attribute = "[Transformer(\"config.json\")]")
    {
        GeneratorRun run = GeneratorRun.Of(Configs.Model(config, attribute));
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.SourceProblems);
        return Assert.Single(run.Declarations).Spec;
    }

    /// <summary>The spec of a family's own defaults and some keys.</summary>
    /// <param name="family">The <c>model_type</c>.</param>
    /// <param name="keys">Members of the JSON object, without braces.</param>
    public static TransformerSpec Defaults(string family, string keys = "") => Spec(Json(family, keys));

    public static string Json(string family, string keys) => $$"""{ "model_type": "{{family}}"{{(keys.Length == 0 ? "" : ", " + keys)}} }""";

    /// <summary>The only diagnostic, which names a key.</summary>
    public static void Refused(string id, string key, string config, string attribute = "[Transformer(\"config.json\")]")
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(Configs.Model(config, attribute)).Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains($"'{key}'", diagnostic.GetMessage());
    }
}
