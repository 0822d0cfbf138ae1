using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Cuda.Tests;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>The classes on the device of a model whose type is known at run time.</summary>
internal static class DeviceModels
{
    public static IDecoderSession Session(Type model, ModelWeights weights) => Create<IDecoderSession>(model, "CudaSession", weights, DeviceUnderTest.Context);

    public static IEncoder Encoder(Type model, ModelWeights weights) => Create<IEncoder>(model, "CudaEncoder", weights, DeviceUnderTest.Context);

    public static ModelTrainer Trainer(Type model, ModelWeights weights, Optimizer optimizer, TrainerOptions? options) =>
        Create<ModelTrainer>(model, "CudaTrainer", weights, optimizer, options, DeviceUnderTest.Context);

    private static T Create<T>(Type model, string name, params object?[] arguments) =>
        (T)Activator.CreateInstance(model.GetNestedType(name) ?? throw new ArgumentException($"{model.Name} has no {name}."), arguments)!;
}
