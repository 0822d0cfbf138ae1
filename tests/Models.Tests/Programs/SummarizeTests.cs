using Transformer.Compiled.Generation;
using Transformer.Compiled.Models.Summaries;

namespace Models.Tests.Programs;

public sealed class SummarizeTests : IDisposable
{
    private readonly SummaryModel.Weights _weights = SummaryModel.Weights.Initialize(seed: 3);
    private readonly ModelFolder _folder;

    public SummarizeTests() => _folder = new ModelFolder("summarize", _weights);

    public void Dispose()
    {
        _weights.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void OneBeamWritesWhatIsLikeliestStepByStep()
    {
        const int NewTokens = 6;
        using var session = new SummaryModel.Session(_weights);
        session.Encode(0, _folder.Tokenizer.Encode("the tower is in London."));
        var search = new BeamSearch(session, new BeamSearchOptions { Beams = 1, StartToken = 2, StopTokens = [3], NewTokens = NewTokens, NoRepeatNGram = 3 });
        search.Search([]);
        string expected = _folder.Tokenizer.Decode(search[0].Tokens).Trim();

        using var summarizer = new Summarizer(_folder.Path, beams: 1, NewTokens);
        Assert.Equal(expected, summarizer.Summarize("the tower is in London."));
    }

    [Fact]
    public void ATextLongerThanTheModelReadsIsCut()
    {
        using var summarizer = new Summarizer(_folder.Path, Summarizer.MostBeams, tokens: 5);
        string text = string.Join(' ', Enumerable.Repeat("the tower is in London.", 9));
        Assert.Equal(summarizer.Summarize(text), summarizer.Summarize(text + " Paris"));
    }

    [Fact]
    public void ConfigsHaveToSayWhereASummaryBegins()
    {
        File.WriteAllText(_folder.FileAt("config.json"), """{ "eos_token_id": 3 }""");
        string message = Assert.Throws<InvalidDataException>(() => new Summarizer(_folder.Path, beams: 1, tokens: 5)).Message;
        Assert.Equal($"The config of {_folder.Path} has no \"decoder_start_token_id\", which the decoder needs.", message);
    }
}
