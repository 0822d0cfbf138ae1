namespace Transformer.Compiled.Ptx.Tests;

/// <summary><c>.approx</c>: accurate, or moved within the error that the PTX ISA documents, and no further.</summary>
public sealed class ApproximationTests
{
    private static readonly float[] Arguments = [0.001f, 0.1f, 0.5f, 0.75f, 1.5f, 2.5f, 3f, 5.75f];

    /// <summary>Instruction, the function, and the larger of a relative and an absolute error.</summary>
    public static TheoryData<string, Func<double, double>, double, double> Functions => new()
    {
        { "ex2.approx.f32 d, a", a => Math.Pow(2, a), Math.Pow(2, -22), 0 },
        { "ex2.approx.ftz.f32 d, a", a => Math.Pow(2, a), Math.Pow(2, -22), 0 },
        { "lg2.approx.f32 d, a", Math.Log2, Math.Pow(2, -22), Math.Pow(2, -22) },
        { "rcp.approx.ftz.f32 d, a", a => 1 / a, Math.Pow(2, -23), 0 },
        { "rsqrt.approx.f32 d, a", a => 1 / Math.Sqrt(a), Math.Pow(2, -22.4), 0 },
        { "sqrt.approx.f32 d, a", Math.Sqrt, Math.Pow(2, -23), 0 },
        { "sin.approx.f32 d, a", Math.Sin, 0, Math.Pow(2, -20.5) },
        { "cos.approx.f32 d, a", Math.Cos, 0, Math.Pow(2, -20.5) },
        { "tanh.approx.f32 d, a", Math.Tanh, Math.Pow(2, -11), 0 },
        { "div.approx.f32 d, 0f3F800000, a", a => 1 / a, Math.Pow(2, -22), 0 },
        { "div.full.f32 d, 0f3F800000, a", a => 1 / a, Math.Pow(2, -22), 0 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void AreNearestUnlessPerturbed(string instruction, Func<double, double> function, double relative, double absolute)
    {
        foreach (float argument in Arguments)
        {
            Assert.Equal((float)function(argument), Evaluate(instruction, argument, new PtxMachineOptions()));
            double accurate = function(argument), allowed = Math.Max(absolute, Math.Abs(accurate) * relative);
            var perturbed = Enumerable.Range(0, 12).Select(seed => Evaluate(instruction, argument, new PtxMachineOptions { Seed = seed, PerturbApproximations = true })).ToArray();
            Assert.All(perturbed, value => Assert.InRange(Math.Abs(value - accurate), 0, allowed * 1.0001));
            Assert.True(perturbed.Distinct().Count() > 1, $"{instruction} of {argument} is never moved");
        }
    }

    private static float Evaluate(string instruction, float argument, PtxMachineOptions options) =>
        TestKernel.Single((uint)TestKernel.Result(instruction, PtxType.F32, options, (PtxType.F32, TestKernel.Bits(argument))));

    [Theory]
    [InlineData("ex2.approx.f32 d, a", float.NegativeInfinity, 0f)]
    [InlineData("ex2.approx.f32 d, a", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("ex2.approx.f32 d, a", 200f, float.PositiveInfinity)]
    [InlineData("ex2.approx.ftz.f32 d, a", -140f, 0f)]
    [InlineData("lg2.approx.f32 d, a", 0f, float.NegativeInfinity)]
    [InlineData("lg2.approx.f32 d, a", -1f, float.NaN)]
    [InlineData("rcp.approx.f32 d, a", 0f, float.PositiveInfinity)]
    [InlineData("rcp.approx.f32 d, a", float.NegativeInfinity, -0f)]
    [InlineData("rsqrt.approx.f32 d, a", 0f, float.PositiveInfinity)]
    [InlineData("sqrt.approx.f32 d, a", -1f, float.NaN)]
    [InlineData("tanh.approx.f32 d, a", float.PositiveInfinity, 1f)]
    [InlineData("div.approx.f32 d, 0f3F800000, a", 3e38f, 0f)]
    public void SpecialArguments(string instruction, float argument, float expected) =>
        Assert.Equal(expected, Evaluate(instruction, argument, new PtxMachineOptions()));

    [Fact]
    public void SubnormalResultsAreKeptWithoutFlushing() => Assert.Equal(MathF.Pow(2, -140), Evaluate("ex2.approx.f32 d, a", -140, new PtxMachineOptions()));

    [Fact]
    public void AQuotientByALargeNumberIsExactWhenFull() => Assert.Equal((float)(1 / 3e38), Evaluate("div.full.f32 d, 0f3F800000, a", 3e38f, new PtxMachineOptions()), 1e-42f);
}
