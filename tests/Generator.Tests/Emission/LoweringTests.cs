using System.Reflection;
using Generator.Tests.Graphs;
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
    private static readonly Section[] s_sections = [.. TinyModels.Names.SelectMany(name => ModelBuilder.Build(TinyModels.Declaration(name)).Programs).SelectMany(program => program.Phases).SelectMany(phase => phase.Sections)];

    [Fact]
    public void EveryOperationIsLowered() => Assert.Empty(OperationTypes.All.Except(LoweredOperations.All.Select(operation => operation.GetType())));

    [Fact]
    public void EveryLoweringNamesAKernelOfTheSameForm() => Assert.All(LoweredOperations.All, operation => AssertNamesAKernel(operation.LowerToCSharp()));

    [Fact]
    public void LinearLayersSideBySideNameAKernelOfTheSameForm()
    {
        KernelCall[] calls = [.. s_sections.SelectMany(section => LinearGroup.Of(section.Operations)).Where(group => group.Operations.Count > 1).Select(group => group.Lower())];
        Assert.Contains(calls, call => call.TypeArguments.Count == 5);
        Assert.Contains(calls, call => call.TypeArguments.Count == 7);
        Assert.All(calls, AssertNamesAKernel);
    }

    [Fact]
    public void EveryKernelOfTheDeviceIsGivenAllItsParameters() => Assert.All(LoweredOperations.All, operation =>
    {
        IReadOnlyList<PtxLaunch> launches = operation.LowerToPtx(new PtxLowering(slotStride: 4096));
        Assert.NotEmpty(launches);
        Assert.All(launches, launch => Assert.Equal(launch.Kernel.Parameters.Count, launch.Arguments.Count()));
    });

    /// <summary>A pass may give an operation other operands, which its lowerings have to follow.</summary>
    [Fact]
    public void LoweringsReadAndWriteOperandsAndResultsOnly() => Assert.All(LoweredOperations.All, operation =>
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
}
