using System.Globalization;
using System.Text.Json;

namespace Transformer.Compiled.Models;

/// <summary>What a Hugging Face folder's <c>config.json</c> (and <c>generation_config.json</c>, which comes first) says to a program at run time.</summary>
internal sealed class HubConfig
{
    private const int LabelsByDefault = 2;

    private readonly string _path;
    private readonly JsonElement _model;
    private readonly JsonElement? _generation;

    private HubConfig(string path, JsonElement model, JsonElement? generation) => (_path, _model, _generation) = (path, model, generation);

    /// <exception cref="FileNotFoundException">The folder has no <c>config.json</c>.</exception>
    /// <exception cref="InvalidDataException">A file is no JSON object.</exception>
    public static HubConfig Load(string folder)
    {
        string path = Path.Combine(folder, "config.json");
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no {path}.", path);
        string generation = Path.Combine(folder, "generation_config.json");
        return new HubConfig(path, Read(path), File.Exists(generation) ? Read(generation) : null);
    }

    /// <summary>The labels of the head, by number: those of <c>id2label</c>, or <c>LABEL_0</c> and on, as Hugging Face's library calls them.</summary>
    /// <exception cref="InvalidDataException">The numbers are not 0, 1, 2 and on, or two labels have one name.</exception>
    public LabelSet Labels()
    {
        if (!_model.TryGetProperty("id2label", out JsonElement labels))
        {
            int count = _model.TryGetProperty("num_labels", out JsonElement number) ? number.GetInt32() : LabelsByDefault;
            return new LabelSet(Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"LABEL_{index}")));
        }

        var names = new string?[labels.EnumerateObject().Count()];
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            if (!int.TryParse(label.Name, CultureInfo.InvariantCulture, out int index) || (uint)index >= (uint)names.Length || names[index] is not null)
                throw new InvalidDataException($"{_path}: \"id2label\" has '{label.Name}'; the numbers 0 to {names.Length - 1} are expected.");
            names[index] = label.Value.GetString();
        }

        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? new LabelSet(names!)
            : throw new InvalidDataException($"{_path}: two labels of \"id2label\" have the same name.");
    }

    /// <summary>Whether the model tells the two parts of a pair apart by token types, as BERT does.</summary>
    public bool KnowsTokenTypes() =>
        _model.TryGetProperty("model_type", out JsonElement family) && family.ValueEquals("bert")
        && !(_model.TryGetProperty("type_vocab_size", out JsonElement types) && types.GetInt32() < 2);

    /// <summary>A token that a key such as <c>eos_token_id</c> names; null where it is absent or null.</summary>
    /// <exception cref="InvalidDataException">The value is no token.</exception>
    public int? Token(string key)
    {
        if (!(_generation?.TryGetProperty(key, out JsonElement value) ?? false) && !_model.TryGetProperty(key, out value)) return null;
        if (value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int token)
            ? token
            : throw new InvalidDataException($"{_path}: \"{key}\" is {value.GetRawText()}; a token is expected.");
    }

    private static JsonElement Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new InvalidDataException($"{path} is no JSON object.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is no JSON: {problem.Message}");
        }
    }
}
