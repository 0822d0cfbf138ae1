using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public class MergeChainTests
{
    [Fact]
    public void MergesAreThoseOfThePlainAlgorithm()
    {
        var random = new Random(3);
        for (int round = 0; round < 300; round++)
        {
            int symbols = random.Next(2, 5);
            var rules = new List<(int Left, int Right)>();
            while (rules.Count < 12)
            {
                (int, int) rule = (random.Next(symbols + rules.Count), random.Next(symbols + rules.Count));
                if (!rules.Contains(rule)) rules.Add(rule);
            }

            var table = new MergeTable();
            for (int rank = 0; rank < rules.Count; rank++) table.Add(rules[rank].Left, rules[rank].Right, symbols + rank);
            var chain = new MergeChain(table);
            for (int word = 0; word < 10; word++)
            {
                int[] tokens = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(symbols))];
                Assert.Equal(Plain(tokens, rules, symbols), Merged(chain, tokens));
            }
        }
    }

    [Fact]
    public void RepeatedCharactersTakeStepsInProportion()
    {
        var table = new MergeTable();
        for (int token = 0; token < 20; token++) table.Add(token, token, token + 1);
        var chain = new MergeChain(table);
        List<int> merged = Merged(chain, new int[200_000]);
        Assert.Equal(200_000, merged.Sum(token => 1 << token));
        Assert.InRange(chain.Steps, 200_000, 4 * 200_000);
    }

    [Fact]
    public void LongTextsTakeStepsInProportion()
    {
        var random = new Random(8);
        var table = new MergeTable();
        for (int left = 0; left < 20; left++)
        {
            for (int right = 0; right < 20; right++) table.Add(left, right, random.Next(20));
        }

        var chain = new MergeChain(table);
        Merged(chain, [.. Enumerable.Range(0, 1_000_000).Select(_ => random.Next(20))]);
        Assert.InRange(chain.Steps, 1_000_000, 4 * 1_000_000);
    }

    private static List<int> Merged(MergeChain chain, int[] word)
    {
        foreach (int token in word) chain.Append(token);
        var tokens = new List<int>();
        chain.Complete(tokens);
        return tokens;
    }

    private static List<int> Plain(int[] word, List<(int Left, int Right)> rules, int symbols)
    {
        List<int> tokens = [.. word];
        while (true)
        {
            int best = int.MaxValue;
            int place = -1;
            for (int i = 0; i + 1 < tokens.Count; i++)
            {
                int rank = rules.IndexOf((tokens[i], tokens[i + 1]));
                if (rank < 0 || rank >= best) continue;
                (best, place) = (rank, i);
            }

            if (place < 0) return tokens;
            tokens[place] = symbols + best;
            tokens.RemoveAt(place + 1);
        }
    }
}
