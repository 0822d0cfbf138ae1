using System.Text;
using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaModuleTests
{
    [Fact]
    public void TheCompilersLogIsInTheException()
    {
        using var simulated = new SimulatedDevice();
        var thrown = Assert.Throws<CudaModuleException>(() => new CudaModule(simulated.Context, "nonsense"));
        Assert.Equal("cuModuleLoadDataEx", thrown.Call);
        Assert.Equal(218, thrown.Code);
        Assert.Equal("CUDA_ERROR_INVALID_PTX", thrown.CodeName);
        Assert.Equal($"line 1: expected .version{Environment.NewLine}ptxas info    : 0 bytes gmem", thrown.Log);
        Assert.EndsWith(thrown.Log, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Simulated A100 (compute capability 8.0", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(209, "compile the model for its compute capability")]
    [InlineData(218, "please report it with the log")]
    [InlineData(221, "libnvidia-ptxjitcompiler.so.1")]
    [InlineData(222, "update the driver")]
    [InlineData(223, "CUDA_DISABLE_PTX_JIT")]
    public void WhatTheReaderCanDoIsSaid(int code, string advice)
    {
        using var simulated = new SimulatedDevice(new SimulatedDriverOptions { CompilerLog = "the log" });
        simulated.Driver.Fail(nameof(ICudaDriver.cuModuleLoadDataEx), (CUresult)code);
        var thrown = Assert.Throws<CudaModuleException>(() => new CudaModule(simulated.Context, Modules.Empty));
        Assert.Equal(code, thrown.Code);
        Assert.Contains(advice, thrown.Message, StringComparison.Ordinal);
        Assert.Equal("the log", thrown.Log);
    }

    [Fact]
    public void ALogThatFillsItsBufferIsCut()
    {
        using var simulated = new SimulatedDevice(new SimulatedDriverOptions { CompilerLog = new string('x', 1 << 17) });
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        Assert.Equal((1 << 16) - 1, module.Log.Length);
    }

    [Fact]
    public void TextsMayEndWithANul()
    {
        using var simulated = new SimulatedDevice();
        using var plain = new CudaModule(simulated.Context, Encoding.ASCII.GetBytes(Modules.Empty));
        using var terminated = new CudaModule(simulated.Context, Encoding.ASCII.GetBytes(Modules.Empty + '\0'));
        Assert.Equal("ptxas info    : 0 bytes gmem", terminated.Log);
        Assert.Throws<ArgumentException>(() => new CudaModule(simulated.Context, ".version\0 7.0"));
        Assert.Throws<ArgumentException>(() => new CudaModule(simulated.Context, ""));
    }

    [Fact]
    public void AKernelThatIsNotThereIsNamed()
    {
        using var simulated = new SimulatedDevice();
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        var thrown = Assert.Throws<CudaException>(() => new CudaKernel(module, "three", addresses: 3, Modules.OneWarp));
        Assert.Equal("CUDA_ERROR_NOT_FOUND", thrown.CodeName);
        Assert.Contains("Looked for the kernel 'three'.", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two", 1, "Kernel 'two' has more than 1 parameters.")]
    [InlineData("two", 3, "Kernel 'two' has 2 parameters, not 3.")]
    [InlineData("number", 1, "Kernel 'number': parameter 0 has 4 bytes, not the 8 of an address.")]
    public void ParametersAreWhatTheKernelHas(string name, int parameters, string message)
    {
        using var simulated = new SimulatedDevice();
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new CudaKernel(module, name, parameters, Modules.OneWarp)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WordsAreParametersToo()
    {
        using var simulated = new SimulatedDevice();
        using var stream = new CudaStream(simulated.Context);
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "number", [CudaParameter.Word], Modules.OneWarp);
        stream.Launch(kernel, 7u);
        Assert.StartsWith(
            "Kernel 'one': parameter 0 has 8 bytes, not the 4 of a word.",
            Assert.Throws<ArgumentException>(() => new CudaKernel(module, "one", [CudaParameter.Word], Modules.OneWarp)).Message,
            StringComparison.Ordinal);
        stream.Synchronize();
    }

    [Fact]
    public void OlderDriversAreNotAskedForParameters()
    {
        using var simulated = new SimulatedDevice(new SimulatedDriverOptions { MissingEntryPoints = new HashSet<string> { nameof(ICudaDriver.cuFuncGetParamInfo) } });
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        var kernel = new CudaKernel(module, "two", addresses: 2, Modules.OneWarp);
        Assert.Equal(32, kernel.Registers);
        Assert.Equal(0, kernel.LocalBytes);
        Assert.Equal(1024, kernel.ThreadsPerBlock);
    }

    [Theory]
    [InlineData(48 * 1024, 0)]
    [InlineData(48 * 1024 + 1, 1)]
    [InlineData(163 * 1024, 1)]
    public void MoreSharedMemoryIsAskedForWhereItIsNeeded(int bytes, int requests)
    {
        using var simulated = new SimulatedDevice();
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        _ = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp with { DynamicSharedBytes = bytes });
        _ = new CudaKernel(module, "one", addresses: 1, Modules.OneWarp with { DynamicSharedBytes = bytes });
        Assert.Equal(requests, simulated.Driver.Calls.Count(call => call == nameof(ICudaDriver.cuFuncSetAttribute)));
    }

    [Fact]
    public void ShapesThatNoDeviceTakesAreRefused()
    {
        using var simulated = new SimulatedDevice();
        using var module = new CudaModule(simulated.Context, Modules.Empty);
        string message = Refused(Modules.OneWarp with { DynamicSharedBytes = 163 * 1024 + 1 });
        Assert.Contains("needs 166913 bytes of shared memory in a block; Simulated A100 has 166912 at most", message, StringComparison.Ordinal);
        Refused(Modules.OneWarp with { DynamicSharedBytes = -1 });
        Refused(Modules.OneWarp with { Block = new CudaDimensions(1025) });
        Refused(Modules.OneWarp with { Block = new CudaDimensions(1, 1, 65) });
        Refused(Modules.OneWarp with { Block = new CudaDimensions(64, 32) });
        Refused(Modules.OneWarp with { Grid = new CudaDimensions(0) });
        Refused(Modules.OneWarp with { Grid = new CudaDimensions(1, 65536) });

        string Refused(CudaLaunchShape shape) => Assert.Throws<ArgumentOutOfRangeException>(() => new CudaKernel(module, "one", addresses: 1, shape)).Message;
    }
}
