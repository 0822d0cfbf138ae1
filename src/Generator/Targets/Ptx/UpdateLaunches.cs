namespace Transformer.Compiled.Generator.Targets.Ptx;

// This file is compiled into the generator, whose modules have the kernels, and into Kernels.Cuda, which launches them over a model's parameters; so
// it names nothing of either.

/// <summary>
/// How the kernels that update parameters are launched. They are the same for all models: the extents are arguments, and grids as large as these ask for.
/// </summary>
internal static class UpdateLaunches
{
    /// <summary>sums[i] = the sum of squares of the i-th stretch of gradient: gradient, sums, fours.</summary>
    public const string GradientSquares = "GradientSquares";

    /// <summary>The mean gradient's norm, and what multiplies gradients: sums, norm, scale, parts, control.</summary>
    public const string GradientScale = "GradientScale";

    /// <summary>A step of Adam or AdamW: gradient, scale, parameter, first and second moment, fours, kind, control.</summary>
    public const string Adam = "Adam";

    /// <summary>A step of gradient descent: gradient, scale, parameter, (momentum,) fours, kind, control.</summary>
    public const string Sgd = "Sgd", SgdWithMomentum = "Sgd_Momentum";

    /// <summary>A step of RMSProp: gradient, scale, parameter, second moment, (first moment,) (momentum,) fours, kind, control.</summary>
    public const string RmsProp = "RmsProp", RmsPropWithMomentum = "RmsProp_Momentum", RmsPropCentred = "RmsProp_Centred", RmsPropCentredWithMomentum = "RmsProp_Centred_Momentum";

    /// <summary>Threads of each of their blocks.</summary>
    public const int Threads = 256;

    /// <summary>Floats that a thread of an optimizer updates; ranges are made of as many.</summary>
    public const int Group = 4;

    /// <summary>Floats of a stretch, whose squares one block sums.</summary>
    public const int FloatsPerSum = 8192;

    /// <summary>Blocks of an optimizer's launch over so many floats.</summary>
    public static int Blocks(int floats) => (floats / Group + Threads - 1) / Threads;

    /// <summary>Blocks of <see cref="GradientSquares"/>, and the sums that it leaves.</summary>
    public static int Sums(int floats) => (floats + FloatsPerSum - 1) / FloatsPerSum;
}
