using System.Text.Json;

namespace Transformer.Compiled.Tokenization;

/// <summary>A JSON file whose errors name the file and the place in it.</summary>
internal sealed class JsonFile : IDisposable
{
    private readonly JsonDocument _document;

    private JsonFile(string path, JsonDocument document)
    {
        Path = path;
        _document = document;
    }

    public string Path { get; }

    public JsonPlace Root => new(Path, "$", _document.RootElement);

    public static JsonFile Open(string path)
    {
        try
        {
            return new JsonFile(path, JsonDocument.Parse(File.ReadAllText(path)));
        }
        catch (JsonException exception)
        {
            throw new TokenizerFormatException($"{path} is not JSON: {exception.Message}", exception);
        }
    }

    public void Dispose() => _document.Dispose();
}
