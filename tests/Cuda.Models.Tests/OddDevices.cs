using Transformer.Compiled;

namespace Models.Tests;

public static partial class OddModels
{
    [Cuda]
    public sealed partial class FiveHeadsOfSixteen;

    [Cuda]
    public sealed partial class NineHeadsOverThree;

    [Cuda]
    public sealed partial class OneLayerOneHead;

    [Cuda]
    public sealed partial class WideHeads;

    [Cuda]
    public sealed partial class RelativeValues;

    [Cuda]
    public sealed partial class Dropping;
}

public static partial class OddEncoders
{
    [Cuda]
    public sealed partial class FiveHeadsOfTwelve;

    [Cuda]
    public sealed partial class NarrowValues;

    [Cuda]
    public sealed partial class OneLayerOneHead;

    [Cuda]
    public sealed partial class RelativeBias;

    [Cuda]
    public sealed partial class RelativeKeys;

    [Cuda]
    public sealed partial class RelativeKeysAndQueries;

    [Cuda]
    public sealed partial class RelativeKeysAndValues;

    [Cuda]
    public sealed partial class PositionsPerProjection;

    [Cuda]
    public sealed partial class Concatenated;

    [Cuda]
    public sealed partial class ConcatenatedAndProjected;

    [Cuda]
    public sealed partial class PositionsEveryLayer;

    [Cuda]
    public sealed partial class WithoutResidual;

    [Cuda]
    public sealed partial class BooleanPairs;

    [Cuda]
    public sealed partial class AdditivePairs;

    [Cuda]
    public sealed partial class Images;

    [Cuda]
    public sealed partial class WholeImage;

    [Cuda]
    public sealed partial class Dropping;

    [Cuda]
    public sealed partial class Embeddings;
}

public static partial class OddPairs
{
    [Cuda]
    public sealed partial class Unequal;

    [Cuda]
    public sealed partial class Grouped;

    [Cuda]
    public sealed partial class Rotary;

    [Cuda]
    public sealed partial class Biased;

    [Cuda]
    public sealed partial class Alibi;

    [Cuda]
    public sealed partial class RelativeKeys;

    [Cuda]
    public sealed partial class RelativeValues;

    [Cuda]
    public sealed partial class OneOfEach;

    [Cuda]
    public sealed partial class Dropping;
}

public static partial class BeamModels
{
    [Cuda]
    public sealed partial class ThreeRows;
}

public static partial class PairBeamModels
{
    [Cuda]
    public sealed partial class ThreeRows;
}
