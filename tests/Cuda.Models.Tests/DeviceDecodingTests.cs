using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Cuda.Tests;

namespace Models.Tests;

/// <summary>Sessions on the device do what those on the CPU do: prompts in chunks, tokens, rows that exchange what they hold.</summary>
public sealed class DeviceDecodingTests
{
    public static TheoryData<string> Decoders => [.. OddModels.All.Keys];

    public static TheoryData<string> Pairs => [.. OddPairs.All.Keys];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void PromptsAndTokensGiveTheCpusLogits(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IDecoderSession host = model.Session(weights, null), device = DeviceModels.Session(type, weights);
        int[] tokens = OddBatches.Tokens(host.ContextLength, host.VocabularySize, 1);
        float[] expected = new float[tokens.Length * host.VocabularySize], actual = new float[expected.Length];
        host.PrefillLogits(tokens, expected);
        device.PrefillLogits(tokens, actual);
        Agreement.Values("prompt", expected, actual);
        AssertEqual(host, device);

        foreach (IDecoderSession session in (IDecoderSession[])[host, device])
        {
            session.Reset();
            session.Prefill(tokens.AsSpan(0, 9));
        }

        AssertEqual(host, device);
        foreach (int token in tokens.AsSpan(9))
        {
            host.Decode(token);
            device.Decode(token);
            AssertEqual(host, device);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void SourcesAndTargetsGiveTheCpusLogits(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IEncoderDecoderSession host = model.Session(weights, null), device = (IEncoderDecoderSession)DeviceModels.Session(model.Type, weights);
        foreach (IEncoderDecoderSession session in (IEncoderDecoderSession[])[host, device])
        {
            for (int row = 0; row < session.Batch; row++)
            {
                int length = Math.Max(1, session.SourceLength - (3 * row));
                session.Encode(row, OddBatches.Tokens(length, session.SourceVocabularySize, row), OddBatches.Masks(3, length).AsSpan(row % 3 * length, length));
                session.Prefill(row, OddBatches.Tokens(2 + row, session.VocabularySize, row + 10));
            }
        }

        AssertEqual(host, device);
        for (int step = 0; step < 3; step++)
        {
            int[] tokens = OddBatches.Tokens(host.Batch, host.VocabularySize, step + 20);
            host.Decode(tokens);
            device.Decode(tokens);
            AssertEqual(host, device);
        }
    }

    [Fact]
    public void RowsExchangeWhatTheyHold()
    {
        using BeamModels.ThreeRows.Weights weights = OddWeights.Randomized(BeamModels.ThreeRows.Weights.Initialize(1), 4);
        using var host = new BeamModels.ThreeRows.Session(weights);
        using var device = new BeamModels.ThreeRows.CudaSession(weights, DeviceUnderTest.Context);
        Exchange(host, device, (_, _) => { });
    }

    [Fact]
    public void RowsExchangeTheirSourcesToo()
    {
        using PairBeamModels.ThreeRows.Weights weights = OddWeights.Randomized(PairBeamModels.ThreeRows.Weights.Initialize(1), 4);
        using var host = new PairBeamModels.ThreeRows.Session(weights);
        using var device = new PairBeamModels.ThreeRows.CudaSession(weights, DeviceUnderTest.Context);
        Exchange(host, device, (session, row) => ((IEncoderDecoderSession)session).Encode(row, OddBatches.Tokens(7 - (2 * row), 5, row)));
    }

    /// <summary>The same moves in both sessions: cycles, copies, rows that begin anew, and one row for all.</summary>
    private static void Exchange(IDecoderSession host, IDecoderSession device, Action<IDecoderSession, int> prepare)
    {
        IDecoderSession[] both = [host, device];
        foreach (IDecoderSession session in both)
        {
            for (int row = 0; row < 3; row++)
            {
                prepare(session, row);
                session.Prefill(row, OddBatches.Tokens(1 + (3 * row), 3, row));
            }
        }

        Step(0);
        foreach (int[] parents in (int[][])[[1, 2, 0], [0, 0, 1], [2, 1, 2], [1, 0, 2]])
        {
            foreach (IDecoderSession session in both) session.ReorderCache(parents);
            AssertEqual(host, device);
            Step(parents[0]);
        }

        foreach (IDecoderSession session in both)
        {
            session.Reset(1);
            prepare(session, 1);
            session.Prefill(1, [2, 0, 1, 1, 2, 2]);
            session.Broadcast(1);
        }

        AssertEqual(host, device);
        Step(2);

        void Step(int seed)
        {
            int[] tokens = OddBatches.Tokens(3, 3, seed);
            foreach (IDecoderSession session in both) session.Decode(tokens);
            AssertEqual(host, device);
        }
    }

    private static void AssertEqual(IDecoderSession host, IDecoderSession device)
    {
        for (int row = 0; row < host.Batch; row++)
        {
            Assert.Equal(host.HistoryOf(row).ToArray(), device.HistoryOf(row).ToArray());
            Agreement.Values($"row {row} at {host.PositionOf(row)}", host.LogitsOf(row), device.LogitsOf(row));
        }
    }
}
