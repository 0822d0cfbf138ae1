using System.Runtime.InteropServices;

namespace Transformer.Compiled.Metrics;

/// <summary>Precision, recall and F1 of labelled spans (entities) in IOB2 tags, as conlleval and seqeval count them.</summary>
/// <remarks>
/// A span is right if its type, first and last token are those of a span of the target; precision, recall and F1 are made of the counts of spans
/// (Tjong Kim Sang and De Meulder 2003). Tags are <c>O</c>, <c>B-type</c> and <c>I-type</c>. A span begins at B, and also at an I that follows
/// O or another type, so ill-formed predictions are read as conlleval reads them; it ends before the next token that is not an I of its type.
/// Scores that divide by nothing are 0. One thread at a time.
/// </remarks>
public sealed class SpanF1
{
    private readonly Dictionary<string, int> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _typesBySpan;
    private readonly List<Counts> _counts = [];
    private readonly List<Entity> _predicted = [];
    private readonly List<Entity> _actual = [];

    /// <summary>Nothing is counted yet.</summary>
    public SpanF1() => _typesBySpan = _types.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Types that occurred in predictions or targets.</summary>
    public IReadOnlyCollection<string> Types => _types.Keys;

    /// <summary>Scores of all spans together, of whatever type; all 0 when there are none.</summary>
    public PrecisionRecallF1 Micro
    {
        get
        {
            var sum = new Counts();
            foreach (Counts counts in _counts)
                sum = new Counts(sum.Correct + counts.Correct, sum.Predicted + counts.Predicted, sum.Actual + counts.Actual);
            return sum.Score;
        }
    }

    /// <summary>The unweighted means of the scores of <see cref="Types"/>; all 0 when there are none.</summary>
    public PrecisionRecallF1 Macro
    {
        get
        {
            var mean = new ScoreMean();
            foreach (Counts counts in _counts) mean.Add(counts.Score);
            return mean.Value;
        }
    }

    /// <summary>Scores of the spans of a type; all 0 when it did not occur.</summary>
    public PrecisionRecallF1 Score(string type) => _types.TryGetValue(type, out int index) ? _counts[index].Score : default;

    /// <summary>Adds a sentence. Nothing is counted if this throws.</summary>
    /// <param name="predictions">Predicted tags, one for each token.</param>
    /// <param name="targets">Right tags, as many.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tag is none of IOB2.</exception>
    public void Add(ReadOnlySpan<string> predictions, ReadOnlySpan<string> targets)
    {
        Pairs.ThrowIfLengthsDiffer(predictions.Length, targets.Length);
        ThrowIfNotTags(predictions, nameof(predictions));
        ThrowIfNotTags(targets, nameof(targets));
        Read(predictions, _predicted);
        Read(targets, _actual);

        Span<Counts> counts = CollectionsMarshal.AsSpan(_counts);
        foreach (Entity entity in _predicted) counts[entity.Type].Predicted++;
        foreach (Entity entity in _actual) counts[entity.Type].Actual++;

        int next = 0;
        foreach (Entity entity in _predicted)
        {
            while (next < _actual.Count && _actual[next].Start < entity.Start) next++;
            if (next < _actual.Count && _actual[next] == entity) counts[entity.Type].Correct++;
        }
    }

    /// <summary>The spans of a sentence, in order.</summary>
    private void Read(ReadOnlySpan<string> tags, List<Entity> entities)
    {
        entities.Clear();
        int type = -1;
        int start = 0;
        for (int i = 0; i < tags.Length; i++)
        {
            int tagType = tags[i] == "O" ? -1 : Type(tags[i].AsSpan(2));
            if (tags[i][0] != 'B' && tagType == type) continue;
            if (type >= 0) entities.Add(new Entity(type, start, i));
            type = tagType;
            start = i;
        }
        if (type >= 0) entities.Add(new Entity(type, start, tags.Length));
    }

    private int Type(ReadOnlySpan<char> name)
    {
        if (_typesBySpan.TryGetValue(name, out int type)) return type;
        type = _types.Count;
        _types.Add(name.ToString(), type);
        _counts.Add(default);
        return type;
    }

    private static void ThrowIfNotTags(ReadOnlySpan<string> tags, string name)
    {
        foreach (string tag in tags)
        {
            if (tag is not "O" and not ['B' or 'I', '-', _, ..])
                throw new ArgumentException($"'{tag}' is not a tag of IOB2: O, B-type or I-type.", name);
        }
    }

    private readonly record struct Entity(int Type, int Start, int End);

    private record struct Counts(long Correct, long Predicted, long Actual)
    {
        public readonly PrecisionRecallF1 Score => PrecisionRecallF1.FromCounts(Correct, Predicted, Actual);
    }
}
