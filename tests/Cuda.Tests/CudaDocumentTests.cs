using Transformer.Compiled.Cuda.Simulation;
using Transformer.Compiled.Cuda.Tests.EndToEnd;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>The example of docs/cuda.md is the body of a test.</summary>
public sealed class CudaDocumentTests
{
    [Fact]
    public void TheExampleGivesItsValue()
    {
        using var interpreted = new InterpretedDevice();
        Assert.Equal(5 - 2 - 1 - 2 / 3f - 0.5f, FirstWeight(interpreted.Device, HandWrittenKernels.Text), 1e-6f);
        Assert.Empty(interpreted.Complaints);
    }

    [Fact]
    public void TheDocumentShowsTheExample()
    {
        string source = Between(Read("CudaDocumentTests.cs"), "        // example\n", "        // end\n");
        string document = Read("cuda.md");
        string shown = Between(document[document.IndexOf("\n## A step\n", StringComparison.Ordinal)..], "```csharp\n", "```\n");
        Assert.Equal(string.Join('\n', source.Split('\n').Select(line => line.Length < 8 ? line : line[8..])), shown);
    }

    private static float FirstWeight(CudaDevice device, string ptx)
    {
        // example
        using var context = new CudaContext(device);                        // one of Cuda.Devices
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, ptx);                    // compiled by the driver
        using var memory = new CudaMemory(context, 4096);                   // one allocation; a plan says what lies where
        using var control = new CudaControlBlock(memory.Pointer, rows: 1);
        using var result = new CudaHostMemory(context, 4);                  // pinned
        CudaPointer weight = memory.Pointer + 1024, gradient = memory.Pointer + 2048;
        var descend = new CudaKernel(module, "descend", addresses: 3, new CudaLaunchShape(Grid: new(1), Block: new(256)));

        using var step = new CudaProgram(stream, control, record =>
        {
            record.Launch(descend, [weight, gradient, control.Device]);
            record.CopyToHost(weight, result, 0, 4);
        });

        stream.Upload<float>([5, 6, 7], weight);
        stream.Upload<float>([2, 2, 2], gradient);
        control.Rows = 3;
        for (int i = 1; i <= 4; i++)
        {
            control.LearningRate = 1f / i;
            step.Run();                                                     // a copy and a replay; the caller goes on
        }

        stream.Synchronize();
        float first = result.Span<float>(0, 1)[0];                          // 5 - 2 - 1 - 2/3 - 1/2
        // end

        return first;
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", name));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
