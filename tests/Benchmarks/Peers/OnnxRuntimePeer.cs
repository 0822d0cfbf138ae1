using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Transformer.Compiled.Benchmarks.Compare;

namespace Transformer.Compiled.Benchmarks;

/// <summary>ONNX Runtime in a process of its own (Node.js), which runs a model when it is asked.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private const string Peer = "ONNX Runtime";
    private readonly Process _process;

    private OnnxRuntimePeer(Process process) => _process = process;

    /// <summary>Whether it was named; says what to do where it was not.</summary>
    public static bool IsNamed(CompareContext context)
    {
        if (context.Options.Text("--onnxruntime") is { } folder && Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node"))) return true;
        context.Missing(Peer, "name a folder that has node_modules/onnxruntime-node with --onnxruntime (npm install onnxruntime-node)");
        return false;
    }

    /// <summary>Starts it with a model, or says why that is impossible.</summary>
    /// <param name="context">Names the folder, and the number of threads.</param>
    /// <param name="model">An ONNX file.</param>
    /// <param name="inputs">The integers of one sequence, by the model's names of its inputs.</param>
    public static OnnxRuntimePeer? TryStart(CompareContext context, string model, IReadOnlyDictionary<string, int[]> inputs)
    {
        string node = context.Options.Text("--node", "node"), script = Path.Combine(AppContext.BaseDirectory, "Peers", "onnx_step.js");
        string threads = context.Threads.ToString(CultureInfo.InvariantCulture);
        string clock = Timing.Clock == Timing.ThreadClock ? "cpu" : "wall";
        var start = new ProcessStartInfo(node, [script, context.Options.Text("--onnxruntime", "."), model, threads, clock]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } description)
            {
                context.Found(Peer, description);
                process.StandardInput.WriteLine(JsonSerializer.Serialize(inputs));
                return new OnnxRuntimePeer(process);
            }
            context.Missing(Peer, $"{node} {script} ended before it was ready");
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            context.Missing(Peer, $"{node}: {problem.Message}; name another with --node");
        }
        return null;
    }

    /// <summary>The mean seconds of so many passes, which follow one that is not counted, by the peer's own clock.</summary>
    public double SecondsPerPass(int passes) => double.Parse(Ask(string.Create(CultureInfo.InvariantCulture, $"passes {passes}")), CultureInfo.InvariantCulture) * 1e-3;

    /// <summary>An output of the last pass.</summary>
    public float[] Output(string name) => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(Ask($"output {name}"))).ToArray();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("ONNX Runtime ended in the middle of a measurement.");
    }
}
