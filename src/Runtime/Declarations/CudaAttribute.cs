namespace Transformer.Compiled;

/// <summary>
/// Compiles the model for NVIDIA GPUs too: beside its <c>Session</c>, <c>Encoder</c> and <c>Trainer</c>, a class with <see cref="TransformerAttribute"/> gets a
/// <c>CudaSession</c> or <c>CudaEncoder</c>, and with <see cref="TrainingAttribute"/> a <c>CudaTrainer</c>, with the same members. Their kernels are PTX,
/// which the GPU's driver compiles when it is loaded. The project needs a reference to <c>Transformer.Compiled.Cuda</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class CudaAttribute : Attribute
{
    /// <summary>To what the factors of matrix products are rounded. Default: <see cref="Precision.Float32"/>, which rounds nothing.</summary>
    public Precision Precision { get; set; }

    /// <summary>The oldest GPUs that kernels are for. Default: <see cref="GpuArchitecture.Ampere"/>.</summary>
    public GpuArchitecture Architecture { get; set; }
}
