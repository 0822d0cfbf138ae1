using Transformer.Compiled.Models;

namespace Models.Tests.Programs;

public sealed class HubConfigTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{ "id2label": { "1": "B", "0": "O", "2": "I" } }""", "O B I")]
    [InlineData("""{ "num_labels": 3 }""", "LABEL_0 LABEL_1 LABEL_2")]
    [InlineData("{}", "LABEL_0 LABEL_1")]
    public void LabelsAreInTheOrderOfTheirNumbers(string config, string expected)
    {
        LabelSet labels = Config(config).Labels();
        Assert.Equal(expected.Split(' '), Enumerable.Range(0, labels.Count).Select(number => labels[number]));
        Assert.Equal(1, labels.Find(expected.Split(' ')[1]));
        Assert.Null(labels.Find("another"));
    }

    [Theory]
    [InlineData("""{ "id2label": { "0": "O", "2": "I" } }""", "\"id2label\" has '2'; the numbers 0 to 1 are expected.")]
    [InlineData("""{ "id2label": { "0": "O", "x": "I" } }""", "\"id2label\" has 'x'; the numbers 0 to 1 are expected.")]
    [InlineData("""{ "id2label": { "0": "O", "1": "O" } }""", "two labels of \"id2label\" have the same name.")]
    public void OtherLabelsAreRefused(string config, string message)
        => Assert.EndsWith(message, Assert.Throws<InvalidDataException>(() => Config(config).Labels()).Message, StringComparison.Ordinal);

    [Fact]
    public void WhatIsSaidOfGenerationComesFirst()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "generation_config.json"), """{ "eos_token_id": 7, "forced_bos_token_id": null }""");
        HubConfig config = Config("""{ "eos_token_id": 1, "decoder_start_token_id": 0, "forced_bos_token_id": 3, "pad_token_id": "x" }""");
        Assert.Equal((7, 0, null, null), (config.Token("eos_token_id"), config.Token("decoder_start_token_id"), config.Token("forced_bos_token_id"), config.Token("bos_token_id")));
        Assert.EndsWith("\"pad_token_id\" is \"x\"; a token is expected.", Assert.Throws<InvalidDataException>(() => config.Token("pad_token_id")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutAConfigIsNamed()
        => Assert.Equal($"There is no {Path.Combine(_folder.FullName, "config.json")}.", Assert.Throws<FileNotFoundException>(() => HubConfig.Load(_folder.FullName)).Message);

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void WhatIsNoObjectIsRefused(string config) => Assert.Throws<InvalidDataException>(() => Config(config));

    private HubConfig Config(string text)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "config.json"), text);
        return HubConfig.Load(_folder.FullName);
    }
}
