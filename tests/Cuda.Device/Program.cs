using Models.Tests;
using NumericSuite;
using Transformer.Compiled.Cuda;
using Transformer.Compiled.Cuda.Tests;
using Transformer.Compiled.Cuda.Tests.EndToEnd;

// The tests that Cuda.Tests and Cuda.Models.Tests run on the interpreter, on the machine's first GPU. Published ahead of time it runs where there is no
// .NET. Without a GPU nothing is run: the program says why, and succeeds.
if (!Cuda.IsAvailable)
{
    Console.Out.WriteLine($"skip all: {Cuda.UnavailableReason}");
    return 0;
}

var suite = new Suite(Console.Out);
foreach (CudaDevice device in Cuda.Devices) Console.Out.WriteLine($"Device {device.Ordinal}: {device}");

suite.Run<KernelTests>();
suite.Run<StepTests>();
suite.Run<AllocationTests>();
suite.Run<ModelAllocationTests>();
suite.Run<FixtureTests>();
suite.Run<EncoderFixtureTests>();
suite.Run<PairFixtureTests>();

Console.Out.WriteLine($"{suite.Passed} passed, {suite.Failed} failed");
return suite.Failed == 0 ? 0 : 1;
