namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>A product with a weight: so many inputs and outputs.</summary>
internal readonly record struct ProductSize(int Inputs, int Outputs);

/// <summary>What is measured, and how often.</summary>
internal sealed record BenchmarkSizes
{
    /// <summary>Rows of the activations of products.</summary>
    public required int Rows { get; init; }

    public required ProductSize[] Products { get; init; }

    /// <summary>Of attention.</summary>
    public required int Sequences { get; init; }

    public required int Heads { get; init; }

    public required int HeadDim { get; init; }

    public required int Length { get; init; }

    public required DecodedModel[] Decoded { get; init; }

    /// <summary>Tokens of the prompt, and how many are decoded in a sample.</summary>
    public required int Prompt { get; init; }

    public required int Tokens { get; init; }

    public required TrainedModel[] Trained { get; init; }

    /// <summary>Steps of training in a sample.</summary>
    public required int Steps { get; init; }

    /// <summary>Samples, whose median counts.</summary>
    public required int Repeats { get; init; }

    /// <summary>How long a sample of a kernel lasts at least.</summary>
    public required double SampleSeconds { get; init; }

    /// <summary>GPT-2 124M with four sequences of 1024 tokens.</summary>
    public static BenchmarkSizes Full => new()
    {
        Rows = 4 * 1024,
        Products = [new(768, 2304), new(768, 768), new(768, 3072), new(3072, 768), new(768, 50257)],
        Sequences = 4,
        Heads = 12,
        HeadDim = 64,
        Length = 1024,
        Decoded = MeasuredModels.Decoded,
        Prompt = 128,
        Tokens = 128,
        Trained = MeasuredModels.Trained,
        Steps = 4,
        Repeats = 15,
        SampleSeconds = 0.01,
    };

    /// <summary>Everything at sizes that an interpreter of kernels can do: a check of the program, not a measurement.</summary>
    public static BenchmarkSizes Small => new()
    {
        Rows = 33,
        Products = [new(24, 40), new(40, 131)],
        Sequences = 2,
        Heads = 2,
        HeadDim = 16,
        Length = 20,
        Decoded = MeasuredModels.SmallDecoded,
        Prompt = 5,
        Tokens = 3,
        Trained = MeasuredModels.SmallTrained,
        Steps = 2,
        Repeats = 3,
        SampleSeconds = 0,
    };
}
