using System.Text.Json;

namespace Transformer.Compiled.Checkpoints;

/// <summary>The index of a sharded checkpoint: which file beside it holds which tensor.</summary>
internal static class CheckpointIndex
{
    private const string WeightMap = "weight_map";

    /// <summary>Reads <c>{ "metadata": …, "weight_map": { "tensor": "file", … } }</c>.</summary>
    /// <exception cref="CheckpointException">It is not such an index, or names a file outside its folder.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(WeightMap, out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(path, null, $"not an index of shards: there is no object '{WeightMap}'");
            foreach (JsonProperty property in map.EnumerateObject()) Add(path, files, property);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, null, $"the index is not valid JSON: {exception.Message}", exception);
        }

        return files;
    }

    private static void Add(string path, Dictionary<string, string> files, JsonProperty property)
    {
        string? file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
        if (string.IsNullOrEmpty(file) || file is "." or ".." || file.AsSpan().IndexOfAny("/\\:\0") >= 0)
        {
            string value = property.Value.GetRawText();
            throw new CheckpointException(path, property.Name, $"the index maps tensor '{property.Name}' to {value}, which is not a file's name");
        }

        if (!files.TryAdd(property.Name, file))
            throw new CheckpointException(path, property.Name, $"the index maps tensor '{property.Name}' twice");
    }
}
