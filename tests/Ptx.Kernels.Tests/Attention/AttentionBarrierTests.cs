using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>Every barrier of attention's kernels is needed: without any one of them threads race, and the interpreter says so.</summary>
public sealed class AttentionBarrierTests
{
    private const string Barrier = "bar.sync 0;";

    [Theory]
    [InlineData("Forward")]
    [InlineData("Queries")]
    [InlineData("KeysAndValues")]
    [InlineData("Row")]
    [InlineData("Weights")]
    public void Without_a_barrier_threads_race(string name)
    {
        PtxKernel kernel = Kernel(name);
        string[] parts = kernel.Text.Split(Barrier);
        Run(kernel);
        for (int missing = 1; missing < parts.Length; missing++)
        {
            string text = string.Join(Barrier, parts[..missing]) + string.Join(Barrier, parts[missing..]);
            Assert.True(Races(kernel with { Text = text }), $"Barrier {missing} of {parts.Length - 1} of {kernel.Name} is not needed.");
        }
    }

    private static bool Races(PtxKernel kernel)
    {
        try
        {
            Run(kernel);
            return false;
        }
        catch (PtxException)
        {
            return true;
        }
    }

    private static PtxKernel Kernel(string name)
    {
        SequenceAttention attention = new AttentionCase(1, 40, 40, 1, 1, 36, 36).Kernel;
        return name switch
        {
            "Forward" => FlashAttentionKernels.Forward(attention, LogNormalizers.Kept),
            "Queries" => AttentionGradientKernels.Queries(attention, WeightGradient.None, ScoreGradient.Dropped),
            "KeysAndValues" => AttentionGradientKernels.KeysAndValues(attention, WeightGradient.None),
            "Weights" => AttentionWeightsKernels.Of(new AttentionCase(1, 1, 200, 1, 1, 36, 36).Kernel),
            _ => CachedAttentionKernels.Of(new CacheCase(1, 1, 300, 1, 1, 36, 36).Kernel),
        };
    }

    private static void Run(PtxKernel kernel)
    {
        using var device = new Device();
        object[] arguments = [.. kernel.Parameters.Select(_ => (object)device.Of(new float[300 * 36]))];
        if (kernel.Name.StartsWith("Cached", StringComparison.Ordinal)) arguments[3] = device.Of([299]);
        device.Run(kernel, arguments);
    }
}
