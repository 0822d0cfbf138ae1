using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Random inputs of any model: tokens and types in range, masks with holes and padding, pairs that are hidden.</summary>
internal sealed class OddBatches(Type model)
{
    private readonly TransformerAttribute _spec = model.GetCustomAttribute<TransformerAttribute>()!;
    private readonly LossKind _loss = model.GetCustomAttribute<TrainingAttribute>()?.Loss ?? LossKind.CrossEntropy;

    public int Vocabulary => _spec.VocabularySize;

    public int SourceVocabulary => _spec.SourceVocabularySize > 0 ? _spec.SourceVocabularySize : _spec.VocabularySize;

    public bool HasImages => _spec.ImageHeight > 0;

    public bool HasPairs => _spec.PairMask != PairMask.None;

    public bool HasVector => _spec.Head == HeadKind.SequenceClassification || _spec.Pooling != PoolingKind.None;

    public static int[] Tokens(int count, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    /// <summary>Masks of sequences: the first one's end is padding, the second one's third token is a hole, the others are whole.</summary>
    public static int[] Masks(int batch, int length) => [.. Enumerable.Range(0, batch * length).Select(i =>
        i / length == 0 && i % length > length / 2 || i / length == 1 && i % length == 2 ? 0 : 1)];

    /// <summary>A sequence of the model's inputs for an encoder.</summary>
    public Example Sequence(int length, int seed)
    {
        var random = new Random(seed);
        return new Example
        {
            Tokens = HasImages ? [] : Tokens(length, Vocabulary, seed),
            Mask = HasImages ? null : [.. Masks(3, length).Skip(seed % 3 * length).Take(length)],
            Types = _spec.TokenTypes > 0 ? Tokens(length, _spec.TokenTypes, seed + 1) : null,
            Scale = _spec.InputMask ? [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())] : null,
            Pairs = HasPairs ? [.. Enumerable.Range(0, length * length).Select(_ => Pair(random))] : null,
            Pixels = HasImages ? [.. Enumerable.Range(0, PixelCount).Select(_ => random.NextSingle() * 2 - 1)] : null,
        };
    }

    /// <summary>Fills all buffers that the model has.</summary>
    public void Fill(TrainingBatch batch, int seed)
    {
        var random = new Random(seed);
        bool Has(string name) => batch.Names.Contains(name);
        if (Has(nameof(batch.Tokens))) Tokens(batch.Tokens.Length, Vocabulary, seed).CopyTo(batch.Tokens);
        if (Has(nameof(batch.TokenTypes))) Tokens(batch.TokenTypes.Length, _spec.TokenTypes, seed + 1).CopyTo(batch.TokenTypes);
        if (Has(nameof(batch.AttentionMask))) Masks(batch.BatchSize, batch.AttentionMask.Length / batch.BatchSize).CopyTo(batch.AttentionMask);
        if (Has(nameof(batch.Sources))) Tokens(batch.Sources.Length, SourceVocabulary, seed + 2).CopyTo(batch.Sources);
        if (Has(nameof(batch.SourceMask))) Masks(batch.BatchSize, batch.SourceMask.Length / batch.BatchSize).CopyTo(batch.SourceMask);
        if (Has(nameof(batch.InputScale))) foreach (ref float scale in batch.InputScale) scale = random.NextSingle();
        if (Has(nameof(batch.PairMask))) foreach (ref float pair in batch.PairMask) pair = Pair(random);
        if (Has(nameof(batch.Pixels))) foreach (ref float pixel in batch.Pixels) pixel = random.NextSingle() * 2 - 1;
        if (Has(nameof(batch.Targets))) FillTargets(batch, seed + 3);
        if (Has(nameof(batch.TargetValues))) FillValues(batch.TargetValues, random);
    }

    private int PixelCount => _spec.ImageHeight * (_spec.ImageWidth > 0 ? _spec.ImageWidth : _spec.ImageHeight) * _spec.Channels;

    private float Pair(Random random) => _spec.PairMask switch
    {
        PairMask.Boolean => random.Next(3) == 0 ? 0 : 1,
        PairMask.Additive => random.Next(4) == 0 ? float.NegativeInfinity : random.NextSingle() * 2 - 1,
        _ => random.NextSingle() * 1.5f,
    };

    private void FillTargets(TrainingBatch batch, int seed)
    {
        int classes = _spec.Head switch
        {
            HeadKind.SequenceClassification or HeadKind.TokenClassification => _spec.Labels,
            HeadKind.SpanExtraction => batch.Tokens.Length / batch.BatchSize,
            _ => Vocabulary,
        };
        Tokens(batch.Targets.Length, classes, seed).CopyTo(batch.Targets);
        batch.Targets[^1] = Labels.Ignored;
    }

    private void FillValues(Span<float> values, Random random)
    {
        foreach (ref float value in values) value = _loss == LossKind.BinaryCrossEntropy ? random.Next(2) : random.NextSingle();
        if (_loss != LossKind.SoftTargets) return;
        for (int start = 0; start < values.Length; start += _spec.Labels)
        {
            Span<float> row = values.Slice(start, _spec.Labels);
            float sum = 0;
            foreach (float value in row) sum += value;
            foreach (ref float value in row) value /= sum;
        }
    }
}
