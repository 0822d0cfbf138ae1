using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Generator.Tests.Emission;

public sealed class KernelTableTests
{
    private readonly CSharpPlan _plan;
    private readonly ProgramGraph _program;

    public KernelTableTests()
    {
        ModelGraph model = ModelBuilder.Build(TinyModels.Declaration("gpt2"));
        _plan = new CSharpPlan(TinyModels.Declaration("gpt2"), model);
        _program = model.Program(Programs.Decode);
    }

    [Fact]
    public void EqualSpecialisationsShareAMethod() => Assert.Equal(Method(Call(4, 1f)), Method(Call(4, 1f)));

    [Fact]
    public void DistinctSpecialisationsNeverShareAMethod()
    {
        KernelCall[] calls =
        [
            Call(4, 1f), Call(4, 2f), Call(5, 1f), Call(4, 1f, "Silu"), Call(4, 1f, rows: 3), Call(4, 1f, kernel: "Linear.Other"), Call(4, 1f, isPresent: false),
        ];
        string[] methods = [.. calls.Select(Method)];
        Assert.Equal(calls.Length, methods.Distinct().Count());
        Assert.Equal(methods, calls.Select(Method));
        Assert.Equal(["Kernels.Same", "Kernels.Same_2", "Kernels.Same_3"], methods[..3]);
    }

    [Fact]
    public void SeveralTensorsAreASpan()
    {
        Tensor[] tensors = [new("tokens", new Shape(2), TensorRole.Input), new("positions", new Shape(2), TensorRole.Input)];
        KernelCall call = new KernelCall("SoftmaxSum.Forward", "Sum", "y = Σ x").Addresses("layers", tensors);
        Assert.Equal("Kernels.Sum(Team, [Tokens, Positions])", _plan.Kernels.Call(_plan, _program, call));
        var writer = new CodeWriter();
        _plan.Kernels.Write(writer);
        Assert.Contains("Sum(Threading::ComputeTeam team, global::System.ReadOnlySpan<Memory::Pointer<float>> layers) =>", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SequencesShareTheRowsOfARun()
    {
        Assert.Equal("Kernels.Shared(Team, rows / 4)", Shared(Shape.Bounded(12, 5), sequences: 4));
        Assert.Equal("Kernels.Shared(Team, rows)", Shared(Shape.Bounded(12, 5), sequences: 1));
        Assert.Equal("Kernels.Shared_2(Team)", Shared(new Shape(12, 5), sequences: 4));
    }

    private string Shared(Shape rows, int sequences) =>
        _plan.Kernels.Call(_plan, _program, new KernelCall("Attention.Forward", "Shared", "y = f(x)").Share("queries", rows, sequences));

    /// <summary>All calls have the same shape-name; what differs is what the name leaves out.</summary>
    private static KernelCall Call(int size, float scale, string type = "Relu", int rows = 2, string kernel = "Linear.Forward", bool isPresent = true) =>
        new KernelCall(kernel, "Same", "y = f(x)").Dimension(size).Type(type)
            .Address("x", isPresent ? new Tensor("tokens", new Shape(2), TensorRole.Input) : null).Constant("scale", scale).Extent("rows", new Shape(rows));

    private string Method(KernelCall call) => _plan.Kernels.Call(_plan, _program, call).Split('(')[0];
}
