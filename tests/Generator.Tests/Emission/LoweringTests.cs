using System.Reflection;
using Generator.Tests.Graphs;
using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx;
using RuntimeCache = Transformer.Compiled.Kernels.KeyValueCache;

namespace Generator.Tests.Emission;

/// <summary>Every operation of the models and of the graphs that test gradients has a C# lowering, and it fits a kernel of the run-time.</summary>
public sealed class LoweringTests
{
    private static readonly Operation[] s_operations =
    [
        .. Attentions(),
        .. TinyModels.Names.SelectMany(name => ModelBuilder.Build(TinyModels.Declaration(name)).Programs).SelectMany(program => program.Operations),
        .. TinyEncoders.Names.SelectMany(name => ModelBuilder.Build(TinyEncoders.Declaration(name)).Programs).SelectMany(program => program.Operations),
        .. GradientCases.All.Keys.SelectMany(name => GradientCases.Differentiated(name).Program.Operations).Where(operation => OperationTypes.All.Contains(operation.GetType())),
    ];

    private static readonly Section[] s_sections = [.. TinyModels.Names.SelectMany(name => ModelBuilder.Build(TinyModels.Declaration(name)).Programs).SelectMany(program => program.Phases).SelectMany(phase => phase.Sections)];

    [Fact]
    public void EveryOperationIsLowered() => Assert.Empty(OperationTypes.All.Except(s_operations.Select(operation => operation.GetType())));

    [Fact]
    public void EveryLoweringNamesAKernelOfTheSameForm() => Assert.All(s_operations, operation => AssertNamesAKernel(operation.LowerToCSharp()));

    [Fact]
    public void LinearLayersSideBySideNameAKernelOfTheSameForm()
    {
        KernelCall[] calls = [.. s_sections.SelectMany(section => LinearGroup.Of(section.Operations)).Where(group => group.Operations.Count > 1).Select(group => group.Lower())];
        Assert.Contains(calls, call => call.TypeArguments.Count == 5);
        Assert.Contains(calls, call => call.TypeArguments.Count == 7);
        Assert.All(calls, AssertNamesAKernel);
    }

    [Fact]
    public void EveryKernelOfTheDeviceIsGivenAllItsParameters() => Assert.All(s_operations, operation =>
    {
        IReadOnlyList<PtxLaunch> launches = operation.LowerToPtx(new PtxLowering(slotStride: 4096));
        Assert.NotEmpty(launches);
        Assert.All(launches, launch => Assert.Equal(launch.Kernel.Parameters.Count, launch.Arguments.Count()));
    });

    /// <summary>A pass may give an operation other operands, which its lowerings have to follow.</summary>
    [Fact]
    public void LoweringsReadAndWriteOperandsAndResultsOnly() => Assert.All(s_operations, operation =>
    {
        IEnumerable<Tensor?> ofCall = operation.LowerToCSharp().Arguments.SelectMany(argument => argument switch
        {
            Argument.Address address => [address.Tensor],
            Argument.Addresses addresses => addresses.Tensors,
            _ => (IEnumerable<Tensor?>)[],
        });
        IEnumerable<Tensor?> ofLaunches = operation.LowerToPtx(new PtxLowering(slotStride: 4096))
            .SelectMany(launch => launch.Arguments).OfType<PtxArgument.Address>().Select(address => address.Tensor);
        Assert.Empty(ofCall.Concat(ofLaunches).OfType<Tensor>().Except([.. operation.Inputs.OfType<Tensor>(), .. operation.Outputs]));
    });

    [Fact]
    public void BothSidesAgreeOnTheSizeOfACache()
    {
        foreach (int heads in (int[])[1, 3, 8])
        {
            foreach (int headDim in (int[])[1, 7, 15, 16, 17, 64, 80, 128])
            {
                foreach (int context in (int[])[1, 2, 15, 16, 17, 33, 1023, 1024, 131072])
                {
                    long expected = RuntimeCache.Floats(heads, headDim, context);
                    Assert.Equal(expected, KeyValueCache.Floats(Specs.Attention(heads, heads, headDim), context, CachePart.Keys));
                    Assert.Equal(expected, KeyValueCache.Floats(Specs.Attention(heads, heads, 5) with { ValueHeadDim = headDim }, context, CachePart.Values));
                }
            }
        }
    }

    private static void AssertNamesAKernel(KernelCall call)
    {
        string[] path = call.Kernel.Split('.');
        Type? family = typeof(RuntimeCache).Assembly.GetType($"Transformer.Compiled.Kernels.{path[0]}");
        MethodInfo kernel = Assert.Single(
            family!.GetMethods(BindingFlags.Public | BindingFlags.Static), method => method.Name == path[1] && method.GetGenericArguments().Length == call.TypeArguments.Count);
        Assert.Equal(kernel.GetParameters().Length, call.Arguments.Count + (call.IsSequential ? 0 : 1));
        Assert.Equal(kernel.ReturnType != typeof(void), call.ReturnsValue);
    }

    /// <summary>Forms that no model here has.</summary>
    private static IEnumerable<Operation> Attentions()
    {
        const int Heads = 2, Length = 3;
        var shape = new AttentionShape(Specs.Attention(Heads, 1, headDim: 2) with { ValueHeadDim = 4 }, sequences: 1, Length);
        Tensor q = Activation("q", Length, 4), k = Activation("k", Length, 2), v = Activation("v", Length, 4), distances = Activation("distances", Heads, 2 * Length - 1);
        Tensor mask = new("mask", new Shape(1, Length), TensorRole.Input, ElementType.Int32), positions = new("positions", new Shape(Length), TensorRole.Input, ElementType.Int32);
        AttentionTerms terms = new() { KeyMask = mask, Distances = distances };
        var attention = new Attention(q, k, v, shape, terms, dropout: 0, "o");
        yield return attention;
        var gradient = new AttentionGradient(Activation("dO", Length, 8), attention, needsScores: true, attention.O, weightGradient: null);
        yield return gradient;
        yield return new DistancesGradient(gradient.ScoreGradient!, shape, (null, Activation("dDistances", Heads, 2 * Length - 1)));
        yield return new CachedAttention(q, k, v, positions, shape, Length, new() { Distances = distances }, "o");
        yield return new CachedRelativeScores(q, Activation("table", 5, 2), positions, shape, Length, "scores");
        var cached = new Tensor("cached_weights", new Shape(Length, Heads, Length), TensorRole.Activation);
        yield return new CachedRelativeValues(cached, Activation("table", 5, 4), positions, Activation("o", Length, 8), shape, "y");
        yield return new CrossAttention(q, k, v, mask, shape, "o");
        Tensor weights = Activation("weights", Heads * Length, Length);
        yield return new AttentionWeights(q, k, shape, terms, weights);
        yield return new CachedAttentionWeights(q, k, positions, shape, Length, AttentionTerms.None, weights);
        yield return new CrossAttentionWeights(q, k, mask, shape, weights);
    }

    private static Tensor Activation(string name, int rows, int columns) => new(name, new Shape(rows, columns), TensorRole.Activation);
}
