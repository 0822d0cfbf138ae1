using Generator.Tests.Harness;
using Generator.Tests.Models;

namespace Generator.Tests.Emission;

/// <summary>
/// The JIT compiles a method without optimisation from 25 KB of IL on. Emitted methods stay far below: layers and phases are methods of
/// their own, and what is left to grow with the model is one call a layer. A static constructor runs once, whatever the JIT does with it.
/// </summary>
public sealed class MethodLimitTests
{
    private const int LargestMethod = 4096, LargestInitializer = 8192, MostCallsInALayer = 320, CallsBesideLayers = 16;

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(96)]
    public void MethodsStaySmall(int layers)
    {
        IReadOnlyList<EmittedMethod> methods = EmittedMethods.Of(EmittedCode.Of(Gpt2(layers)).Assemble());
        Assert.All(methods, method =>
            Assert.True(method.Bytes <= (IsInitializer(method) ? LargestInitializer : LargestMethod), $"{method.Type}.{method.Name} has {method.Bytes} bytes of IL."));
        Assert.All(methods.Where(method => !IsInitializer(method)), method => Assert.InRange(method.Calls, 0, Math.Max(MostCallsInALayer, layers + CallsBesideLayers)));
    }

    [Fact]
    public void KernelsDoNotGrowWithLayers() => Assert.Equal(KernelMethods(2), KernelMethods(24));

    [Fact]
    public void TextGrowsLinearlyWithLayers()
    {
        double first = Characters(24) - Characters(12), second = Characters(48) - Characters(36);
        Assert.InRange(second / first, 0.95, 1.05);
    }

    private static bool IsInitializer(EmittedMethod method) => method.Name == ".cctor";

    private static string Gpt2(int layers) =>
        RealModels.Attributes("GPT-2 124M").Replace("Layers = 12", $"Layers = {layers}", StringComparison.Ordinal) + " partial class Model;";

    private static string CharacterModel(int layers) =>
        RealModels.Attributes("char model").Replace("Layers = 6", $"Layers = {layers}", StringComparison.Ordinal) + " partial class Model;";

    private static string[] KernelMethods(int layers) =>
        [.. EmittedMethods.Of(EmittedCode.Of(Gpt2(layers)).Assemble()).Where(method => method.Type == "Kernels").Select(method => method.Name)];

    private static int Characters(int layers) => GeneratorRun.Of(CharacterModel(layers)).Files.Values.Sum(text => text.Length);
}
