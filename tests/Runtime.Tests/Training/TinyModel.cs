using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>
/// What the generator would emit for the smallest model with all kinds of parameters, written by hand in scalar code:
/// logits[r] = W · dropout(gain ⊙ embedding[token[r]]) + bias.
/// </summary>
internal static class TinyModel
{
    public const int Vocabulary = 11;
    public const int Width = 5;
    public const int BatchSize = 2;
    public const int SequenceLength = 3;
    public const int Rows = BatchSize * SequenceLength;

    public const int Embedding = 0;
    public const int Head = 64;
    public const int Gain = 144;
    public const int Bias = 160;
    public const int Frozen = 176;

    public static readonly string[] TrainedNames = ["embedding.weight", "head.weight", "norm.weight", "head.bias"];

    public static readonly ModelLayout Layout = new(
        "TinyModel",
        floats: 192,
        trainedFloats: 176,
        [
            new("embedding", ParameterKind.Embedding, Vocabulary, Width, Embedding, StorageFormat.RowMajor, Initializer.Normal(0.5f)),
            new("head", ParameterKind.Projection, Vocabulary, Width, Head, StorageFormat.Panels, Initializer.Normal(0.5f)),
            new("gain", ParameterKind.Norm, Width, 1, Gain, StorageFormat.RowMajor, Initializer.Ones),
            new("bias", ParameterKind.Bias, Vocabulary, 1, Bias, StorageFormat.RowMajor, Initializer.Zeros),
            new("frozen", ParameterKind.Projection, 3, 1, Frozen, StorageFormat.RowMajor, Initializer.Ones),
        ],
        [
            new("embedding.weight", [Vocabulary, Width], TensorOrientation.RowMajor, [new(0, 0, Vocabulary)]),
            new("head.weight", [Width, Vocabulary], TensorOrientation.Transposed, [new(1, 0, Vocabulary)]),
            new("norm.weight", [Width], TensorOrientation.RowMajor, [new(2, 0, Width)]),
            new("head.bias", [Vocabulary], TensorOrientation.RowMajor, [new(3, 0, Vocabulary)]),
            new("frozen.weight", [3], TensorOrientation.RowMajor, [new(4, 0, 3)]),
        ],
        new CheckpointConventions("", [], []));

    /// <summary>A batch that depends on its number alone, with one ignored target.</summary>
    public static (int[] Inputs, int[] Targets) Batch(int number)
    {
        var random = new Random(number);
        var inputs = new int[Rows];
        var targets = new int[Rows];
        for (int row = 0; row < Rows; row++)
        {
            inputs[row] = random.Next(Vocabulary);
            targets[row] = random.Next(Vocabulary);
        }

        targets[number % Rows] = Labels.Ignored;
        return (inputs, targets);
    }

    public static float[] Export(ModelWeights weights, string name)
    {
        var values = new float[Layout.Tensor(name).Count];
        weights.Export(name, values);
        return values;
    }

    public static float[] ExportGradient(ITrainer trainer, string name)
    {
        var values = new float[Layout.Tensor(name).Count];
        trainer.ExportGradient(name, values);
        return values;
    }
}

internal sealed class TinyWeights : ModelWeights
{
    public TinyWeights(ulong seed = 1)
        : base(TinyModel.Layout) => InitializeFrom(seed);

    /// <summary>The parameters as they lie in memory, padding included.</summary>
    public unsafe Span<float> Values => new(Storage.Value, (int)TinyModel.Layout.Floats);
}

internal sealed unsafe class TinyTrainer(ModelWeights weights, Optimizer optimizer, TrainerOptions? options = null)
    : LanguageModelTrainer(
        weights, optimizer,
        new TrainerShape(TinyModel.Vocabulary, TinyModel.BatchSize, TinyModel.SequenceLength, ActivationFloats, TableFloats: 1), options)
{
    private const int HiddenOffset = 0;
    private const int ProbabilityOffset = TinyModel.Rows * TinyModel.Width;
    private const int ActivationFloats = ProbabilityOffset + TinyModel.Rows * TinyModel.Vocabulary;

    private readonly int _stateTensors = optimizer.StateNames.Count;

    public bool HasDropout { get; init; } = true;

    public int TablesFilled { get; private set; }

    /// <summary>The optimizer's state and gradients, which stand at the start of the trainer's memory in this order.</summary>
    public ReadOnlySpan<byte> StateBytes
    {
        get
        {
            int floats = (int)TinyModel.Layout.TrainedFloats;
            return new(Gradients.Value - (_stateTensors * floats), (1 + _stateTensors) * floats * sizeof(float));
        }
    }

    protected override void FillTables()
    {
        TablesFilled++;
        *Tables.Value = 4f / 3;
    }

    protected override float ForwardPass()
    {
        float* embedding = Weights.Value + TinyModel.Embedding;
        float* gain = Weights.Value + TinyModel.Gain;
        float* bias = Weights.Value + TinyModel.Bias;
        double loss = 0;
        for (int row = 0; row < TinyModel.Rows; row++)
        {
            float* hidden = Activations.Value + HiddenOffset + row * TinyModel.Width;
            float* probability = Activations.Value + ProbabilityOffset + row * TinyModel.Vocabulary;
            for (int k = 0; k < TinyModel.Width; k++)
                hidden[k] = embedding[Tokens.Value[row] * TinyModel.Width + k] * gain[k] * Mask(row, k);

            double sum = 0;
            for (int n = 0; n < TinyModel.Vocabulary; n++)
            {
                float logit = bias[n];
                for (int k = 0; k < TinyModel.Width; k++) logit += Weights.Value[HeadOffset(n, k)] * hidden[k];
                probability[n] = MathF.Exp(logit);
                sum += probability[n];
            }

            for (int n = 0; n < TinyModel.Vocabulary; n++) probability[n] /= (float)sum;
            if (Targets.Value[row] >= 0) loss -= Math.Log(probability[Targets.Value[row]]);
        }

        int count = TargetCount();
        return count == 0 ? 0 : (float)(loss / count);
    }

    protected override void BackwardPass()
    {
        ClearUnlessAccumulating(TinyModel.Embedding, TinyModel.Vocabulary * TinyModel.Width);
        ClearUnlessAccumulating(TinyModel.Head, 16 * TinyModel.Width);
        ClearUnlessAccumulating(TinyModel.Gain, TinyModel.Width);
        ClearUnlessAccumulating(TinyModel.Bias, TinyModel.Vocabulary);
        int count = TargetCount();
        for (int row = 0; row < TinyModel.Rows; row++)
        {
            if (Targets.Value[row] >= 0) BackwardRow(row, count);
        }
    }

    private void BackwardRow(int row, int count)
    {
        float* probability = Activations.Value + ProbabilityOffset + row * TinyModel.Vocabulary;
        float* hidden = Activations.Value + HiddenOffset + row * TinyModel.Width;
        float* hiddenGradient = stackalloc float[TinyModel.Width];
        for (int n = 0; n < TinyModel.Vocabulary; n++)
        {
            float logitGradient = (probability[n] - (n == Targets.Value[row] ? 1 : 0)) / count;
            Gradients.Value[TinyModel.Bias + n] += logitGradient;
            for (int k = 0; k < TinyModel.Width; k++)
            {
                Gradients.Value[HeadOffset(n, k)] += logitGradient * hidden[k];
                hiddenGradient[k] += logitGradient * Weights.Value[HeadOffset(n, k)];
            }
        }

        for (int k = 0; k < TinyModel.Width; k++)
        {
            int element = TinyModel.Embedding + Tokens.Value[row] * TinyModel.Width + k;
            float masked = hiddenGradient[k] * Mask(row, k);
            Gradients.Value[element] += masked * Weights.Value[TinyModel.Gain + k];
            Gradients.Value[TinyModel.Gain + k] += masked * Weights.Value[element];
        }
    }

    private void ClearUnlessAccumulating(int offset, int count)
    {
        if (Accumulated(offset).IsNull) new Span<float>(Gradients.Value + offset, count).Clear();
    }

    private int TargetCount()
    {
        int count = 0;
        for (int row = 0; row < TinyModel.Rows; row++) count += Targets.Value[row] >= 0 ? 1 : 0;
        return count;
    }

    // Any function of the stream and the element serves as a mask here; a quarter is dropped.
    private float Mask(int row, int column)
    {
        if (!Stream.IsEnabled || !HasDropout) return 1;
        int position = Positions.Value[row] + row / TinyModel.SequenceLength * TinyModel.SequenceLength;
        return (HashCode.Combine(Stream, position, column) & 3) == 0 ? 0 : *Tables.Value;
    }

    private static int HeadOffset(int n, int k) => TinyModel.Head + k * 16 + n;
}
