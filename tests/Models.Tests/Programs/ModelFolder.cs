using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Models.Tests.Programs;

/// <summary>A model's folder as it would come from Hugging Face: config, a small vocabulary and random weights. Deleted at the end.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    /// <param name="name">Of the config, in Programs/Models.</param>
    /// <param name="weights">What is saved.</param>
    public ModelFolder(string name, ModelWeights weights)
    {
        File.Copy(System.IO.Path.Combine(AppContext.BaseDirectory, "Programs", "Models", $"{name}.json"), FileAt("config.json"));
        Tokenizer = TinyTokenizer.Write(Path);
        weights.Save(FileAt("model.safetensors"));
    }

    public string Path => _folder.FullName;

    public TemplateTokenizer Tokenizer { get; }

    public string FileAt(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
