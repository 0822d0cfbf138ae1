using System.Text.Json.Nodes;

namespace Generator.Tests.Harness;

/// <summary>Configs of the fixtures, and models that use them.</summary>
internal static class Configs
{
    /// <summary>The names of all fixtures.</summary>
    public static IEnumerable<string> Fixtures => Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Fixtures")).Select(folder => Path.GetFileName(folder)!).Order();

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", name, "config.json"));

    /// <summary>The fixture with one key set to a value given as JSON text, or removed (null).</summary>
    public static string With(string fixture, string key, string? json)
    {
        JsonObject config = JsonNode.Parse(Fixture(fixture))!.AsObject();
        config.Remove(key);
        if (json is not null) config[key] = JsonNode.Parse(json);
        return config.ToJsonString(new() { WriteIndented = true });
    }

    public static GeneratorInput Model(string config, string attribute = "[Transformer(\"config.json\")]")
        => GeneratorInput.Of($"{attribute} partial class Model;").WithFile("config.json", config);
}
