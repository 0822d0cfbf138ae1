namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>GPT-2 with 124 million parameters, trained on four sequences of 1024 tokens, its products in single precision.</summary>
[Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12)]
[Training(BatchSize = 4, SequenceLength = 1024)]
[Cuda(Architecture = GpuArchitecture.Volta)]
internal sealed partial class Gpt2Float32;

/// <summary><see cref="Gpt2Float32"/> with factors that are rounded to tf32.</summary>
[Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12)]
[Training(BatchSize = 4, SequenceLength = 1024)]
[Cuda(Precision = Precision.Tf32)]
internal sealed partial class Gpt2Tf32;

/// <summary><see cref="Gpt2Float32"/> with factors that are rounded to bfloat16.</summary>
[Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12)]
[Training(BatchSize = 4, SequenceLength = 1024)]
[Cuda(Precision = Precision.BFloat16)]
internal sealed partial class Gpt2BFloat16;

/// <summary>A Llama of 110 million parameters: d 768, 12 layers, 12 heads, feed-forward 2048, vocabulary 32000.</summary>
[Transformer("llama-110m")]
[Cuda(Architecture = GpuArchitecture.Volta)]
internal sealed partial class Llama110M;

/// <summary>Small enough for an interpreter of kernels.</summary>
[Transformer(VocabularySize = 131, ContextLength = 40, DModel = 32, Heads = 2, Layers = 2)]
[Training(BatchSize = 2, SequenceLength = 20)]
[Cuda(Architecture = GpuArchitecture.Volta)]
internal sealed partial class SmallFloat32;

/// <summary><see cref="SmallFloat32"/> with factors that are rounded to tf32.</summary>
[Transformer(VocabularySize = 131, ContextLength = 40, DModel = 32, Heads = 2, Layers = 2)]
[Training(BatchSize = 2, SequenceLength = 20)]
[Cuda(Precision = Precision.Tf32)]
internal sealed partial class SmallTf32;

/// <summary><see cref="SmallFloat32"/> with factors that are rounded to bfloat16.</summary>
[Transformer(VocabularySize = 131, ContextLength = 40, DModel = 32, Heads = 2, Layers = 2)]
[Training(BatchSize = 2, SequenceLength = 20)]
[Cuda(Precision = Precision.BFloat16)]
internal sealed partial class SmallBFloat16;
