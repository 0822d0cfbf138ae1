using System.Runtime.InteropServices;
using Transformer.Compiled.Benchmarks;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>
/// Measures single kernels and whole models on the first device: medians, printed, and written as cuda.md into `--output`. Without a device it says what was looked
/// for, and that is all.
/// </summary>
public static class CudaReport
{
    private static readonly Dictionary<string, Action<DeviceClock, DevicePeaks?, MeasurementTable>> s_sections = new()
    {
        ["gemm"] = ProductMeasurements.Run,
        ["attention"] = AttentionMeasurements.Run,
        ["decode"] = DecodeMeasurements.Run,
        ["training"] = TrainingMeasurements.Run,
    };

    /// <summary>The exit code: 1 where a part has failed, which ends that part only.</summary>
    /// <param name="arguments">[--only gemm,attention,decode,training] [--small] [--repeats N] [--output FOLDER].</param>
    /// <exception cref="ArgumentException">There is no such part or option.</exception>
    public static int Run(string[] arguments)
    {
        Options options = new(arguments);
        options.Expect("--only", "--small", "--repeats", "--output");
        string[] chosen = options.Text("--only")?.Split(',') ?? [.. s_sections.Keys];
        if (Array.Find(chosen, name => !s_sections.ContainsKey(name)) is { } unknown)
            throw new ArgumentException($"--only {unknown}: there are {string.Join(", ", s_sections.Keys)}.");
        if (!Cuda.IsAvailable)
        {
            Console.Out.WriteLine($"No device: {Cuda.UnavailableReason}");
            return 0;
        }

        CudaDevice device = Cuda.Devices[0];
        DevicePeaks? peaks = DevicePeaks.Of(device.Name);
        BenchmarkSizes sizes = options.Has("--small") ? BenchmarkSizes.Small : BenchmarkSizes.Full;
        sizes = sizes with { Repeats = Math.Max(1, options.Number("--repeats", sizes.Repeats)) };
        string machine = $"{device}, {device.Multiprocessors} multiprocessors, {RuntimeInformation.FrameworkDescription}; medians of {sizes.Repeats}";
        Console.Out.WriteLine(machine);
        var table = new MeasurementTable(Console.Out);
        table.Note(peaks is null
            ? "The device's peaks are not in the table: absolute figures only."
            : FormattableString.Invariant($"Peaks: {peaks.Float32} TFLOP/s in float32, {peaks.Tf32} in tf32, {peaks.BFloat16} in bfloat16; {peaks.Bandwidth} GB/s."));
        bool hasFailed = false;
        using (var context = new CudaContext(device))
        using (var clock = new DeviceClock(context, sizes))
        {
            foreach (string name in chosen) hasFailed |= !Try(name, () => s_sections[name](clock, peaks, table), table);
        }

        if (options.Text("--output") is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "cuda.md"), table.ToMarkdown(machine));
        }

        return hasFailed ? 1 : 0;
    }

    /// <summary>A part of the report; what the driver refuses, for instance memory, is noted, and so is a loss that is no number.</summary>
    private static bool Try(string name, Action measure, MeasurementTable table)
    {
        try
        {
            measure();
            return true;
        }
        catch (Exception exception) when (exception is CudaException or InvalidOperationException)
        {
            table.Note($"{name} failed: {exception.Message}");
            return false;
        }
    }
}
