using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>A generated encoder behind the faces that all share.</summary>
public sealed record CompiledEncoder(Func<string, ModelWeights> Load, Func<ModelWeights, IEncoder> Encoder, Func<ModelWeights, Optimizer, ModelTrainer> Trainer);

/// <summary>A generated encoder–decoder behind the faces that all share.</summary>
public sealed record CompiledPair(Func<string, ModelWeights> Load, Func<ModelWeights, IEncoderDecoderSession> Session, Func<ModelWeights, Optimizer, ModelTrainer> Trainer);
