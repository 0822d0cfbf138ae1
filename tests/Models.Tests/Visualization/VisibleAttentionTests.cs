using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Visualization;

namespace Models.Tests.Visualization;

/// <summary>What [CaptureAttention] shows is what a plain reference computes, however a text came in.</summary>
public sealed class VisibleAttentionTests
{
    private static readonly int[] Source = [3, 18, 7, 0, 11, 5, 5, 1, 9, 2];

    [Fact]
    public void ADecoderSeesItsWindow()
    {
        using VisibleModels.Decoder.Weights weights = Perturbed(VisibleModels.Decoder.Weights.Initialize(1));
        using var session = new VisibleModels.Decoder.AttentionSession(weights);
        int[] tokens = [3, 22, 7, 0, 11, 5, 5, 1, 9, 2, 13, 6];
        var reference = new ReferenceDecoder(typeof(VisibleModels.Decoder), weights);
        reference.Logits(tokens);
        for (int repetition = 0; repetition < 2; repetition++)
        {
            session.Reset();
            session.Prefill(1, tokens.AsSpan(0, 6));
            session.Broadcast(1);
            foreach (int token in tokens.AsSpan(6)) session.Decode([token, 22 - token, token]);
            AttentionRecord record = session.AttentionOf(2);
            Assert.Equal((AttentionKind.DecoderSelf, 2, 3, 12, 12), (record.Kind, record.Layers, record.Heads, record.Rows, record.Columns));
            Assert.Equal(tokens.Select(token => $"{token}"), record.QueryTokens);
            AssertSums(record, (query, key) => key <= query && key > query - 5);
            Agreement.Values("weights", [.. reference.Seen.Select(weight => (float)weight)], record.Weights);
        }
    }

    [Fact]
    public void PromptsAndStepsAreSeenAlike()
    {
        using VisibleModels.Decoder.Weights weights = Perturbed(VisibleModels.Decoder.Weights.Initialize(1));
        using var prefilled = new VisibleModels.Decoder.AttentionSession(weights);
        using var decoded = new VisibleModels.Decoder.AttentionSession(weights);
        int[] tokens = [3, 22, 7, 0, 11, 5];
        prefilled.Prefill(0, tokens);
        foreach (int token in tokens) decoded.Decode([token, 0, 1]);
        Agreement.Values("weights", prefilled.AttentionOf(0).Weights.ToArray(), decoded.AttentionOf(0).Weights);
    }

    /// <summary>Who looks on changes nothing.</summary>
    [Fact]
    public void TheResultIsThatOfTheBlindClass()
    {
        using VisibleModels.Decoder.Weights weights = Perturbed(VisibleModels.Decoder.Weights.Initialize(1));
        using var blind = new VisibleModels.Decoder.Session(weights);
        using var seeing = new VisibleModels.Decoder.AttentionSession(weights);
        foreach (IDecoderSession session in (IDecoderSession[])[blind, seeing])
        {
            session.Prefill(0, [1, 2, 3, 4, 5, 6, 7]);
            session.Broadcast(0);
            session.Decode([8, 9, 10]);
        }
        Assert.Equal(blind.Logits, seeing.Logits);

        using VisibleModels.Reader.Weights others = Perturbed(VisibleModels.Reader.Weights.Initialize(2));
        using var blindEncoder = new VisibleModels.Reader.Encoder(others);
        using var seeingEncoder = new VisibleModels.Reader.AttentionEncoder(others);
        blindEncoder.Encode([1, 2, 3, 4, 5, 6]);
        seeingEncoder.Encode([1, 2, 3, 4, 5, 6]);
        Assert.Equal(blindEncoder.HiddenStates, seeingEncoder.HiddenStates);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(4)]
    [InlineData(1)]
    public void AnEncoderSeesWhatIsNotMasked(int length)
    {
        using VisibleModels.Reader.Weights weights = Perturbed(VisibleModels.Reader.Weights.Initialize(2));
        using var encoder = new VisibleModels.Reader.AttentionEncoder(weights);
        int[] tokens = [.. Enumerable.Range(0, 2 * length).Select(i => (i * 7) % 23)];
        int[] mask = [.. Enumerable.Range(0, 2 * length).Select(i => i < length || i % length < (length + 1) / 2 ? 1 : 0)];
        encoder.Encode(tokens, mask);
        AttentionRecord[] records = [encoder.AttentionOf(0), encoder.AttentionOf(1)];
        for (int sequence = 0; sequence < 2; sequence++)
        {
            int[] seen = mask.AsSpan(sequence * length, length).ToArray();
            var reference = new ReferenceStack(weights, "", layers: 2, heads: 5);
            reference.Run(tokens.AsSpan(sequence * length, length).ToArray(), (_, key) => seen[key] != 0);
            Assert.Equal((AttentionKind.EncoderSelf, length, length), (records[sequence].Kind, records[sequence].Rows, records[sequence].Columns));
            AssertSums(records[sequence], (_, key) => seen[key] != 0);
            AssertAgrees(reference.Self, records[sequence]);
        }
    }

    [Fact]
    public void ATranslatorSeesItsSourceItsTargetAndTheWayBetweenThem()
    {
        using VisibleModels.Pair.Weights weights = Perturbed(VisibleModels.Pair.Weights.Initialize(3));
        using var session = new VisibleModels.Pair.AttentionSession(weights);
        int[] mask = [1, 1, 1, 0, 1, 1, 1, 1, 0, 0], target = [1, 22, 4, 4, 9, 17];
        session.Encode(1, [5, 6, 7]);
        session.Prefill(1, [1, 2]);
        session.Encode(1, Source, mask);
        session.Prefill(1, target.AsSpan(0, 5));
        session.Broadcast(1);
        session.Decode([target[5], 3]);

        var encoder = new ReferenceStack(weights, "encoder.", layers: 2, heads: 5);
        double[][] states = encoder.Run(Source, (_, key) => mask[key] != 0);
        var decoder = new ReferenceStack(weights, "decoder.", layers: 3, heads: 5);
        decoder.Run(target, (query, key) => key <= query, states, mask);

        AttentionRecord[] records = [session.SourceAttentionOf(0), session.AttentionOf(0), session.CrossAttentionOf(0)];
        Assert.Equal([AttentionKind.EncoderSelf, AttentionKind.DecoderSelf, AttentionKind.Cross], records.Select(record => record.Kind));
        AssertSums(records[0], (_, key) => mask[key] != 0);
        AssertSums(records[1], (query, key) => key <= query);
        AssertSums(records[2], (_, key) => mask[key] != 0);
        AssertAgrees(encoder.Self, records[0]);
        AssertAgrees(decoder.Self, records[1]);
        AssertAgrees(decoder.Cross, records[2]);
        Assert.Equal((target.Length, Source.Length), (records[2].Rows, records[2].Columns));
    }

    [Fact]
    public void NothingIsSeenBeforeThereIsAnything()
    {
        using VisibleModels.Pair.Weights weights = VisibleModels.Pair.Weights.Initialize(3);
        using var session = new VisibleModels.Pair.AttentionSession(weights);
        Assert.Throws<InvalidOperationException>(() => session.SourceAttentionOf(0));
        Assert.Throws<InvalidOperationException>(() => session.AttentionOf(0));
        Assert.Throws<InvalidOperationException>(() => session.CrossAttentionOf(0));
        using VisibleModels.Reader.Weights others = VisibleModels.Reader.Weights.Initialize(3);
        using var encoder = new VisibleModels.Reader.AttentionEncoder(others);
        Assert.Throws<InvalidOperationException>(() => encoder.AttentionOf(0));
    }

    /// <summary>Visible keys of a row have weights that sum to 1, and others 0.</summary>
    private static void AssertSums(AttentionRecord record, Func<int, int, bool> sees)
    {
        for (int matrix = 0; matrix < record.Layers * record.Heads; matrix++)
        {
            for (int query = 0; query < record.Rows; query++)
            {
                double sum = 0;
                for (int key = 0; key < record.Columns; key++)
                {
                    float weight = record[matrix / record.Heads, matrix % record.Heads, query, key];
                    if (sees(query, key)) sum += weight;
                    else Assert.Equal(0, weight);
                }
                Assert.Equal(1, sum, 1e-5);
            }
        }
    }

    private static void AssertAgrees(List<double[][][]> expected, AttentionRecord record) =>
        Agreement.Values($"{record.Kind}", [.. expected.SelectMany(layer => layer).SelectMany(head => head).SelectMany(row => row).Select(weight => (float)weight)], record.Weights);

    /// <summary>Norms and biases that are not the identity, and projections large enough to tell keys apart.</summary>
    private static TWeights Perturbed<TWeights>(TWeights weights)
        where TWeights : ModelWeights
    {
        var random = new Random(5);
        foreach (string name in weights.Names)
        {
            int count = 1;
            foreach (int dimension in weights.Shape(name)) count *= dimension;
            var values = new float[count];
            weights.Export(name, values);
            for (int i = 0; i < count; i++) values[i] += 0.6f * (random.NextSingle() - 0.5f);
            weights.Import(name, values);
        }
        return weights;
    }
}
