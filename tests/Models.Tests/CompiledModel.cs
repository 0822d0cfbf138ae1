using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>A generated model behind the faces that all share, so that one test serves every model.</summary>
public sealed record CompiledModel(
    Func<string, ModelWeights> Load,
    Func<ulong, ModelWeights> Initialize,
    Func<ModelWeights, ComputeTeam?, IDecoderSession> Session,
    Func<ModelWeights, Optimizer, TrainerOptions?, LanguageModelTrainer> Trainer);
