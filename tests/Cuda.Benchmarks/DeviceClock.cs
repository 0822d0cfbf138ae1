using System.Diagnostics;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>Medians over samples: of kernels by the device's clock, between two marks of a stream; of whole steps by the host's, until the device is done.</summary>
internal sealed class DeviceClock : IDisposable
{
    private const int WarmUps = 3, MostRuns = 10_000;

    private readonly CudaEvent _start, _end;

    public DeviceClock(CudaContext context, BenchmarkSizes sizes)
    {
        Context = context;
        Sizes = sizes;
        Stream = new CudaStream(context);
        _start = new CudaEvent(context);
        _end = new CudaEvent(context);
    }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public BenchmarkSizes Sizes { get; }

    /// <summary>Seconds of what is launched on <see cref="Stream"/>, of as many runs in a row as a sample takes.</summary>
    public double Kernels(Action launch)
    {
        for (int i = 0; i < WarmUps; i++) Sample(launch, 1);
        double once = Sample(launch, 1);
        int runs = once > 0 ? (int)Math.Clamp(Math.Ceiling(Sizes.SampleSeconds / once), 1, MostRuns) : 1;
        return Median(() => Sample(launch, runs) / runs);
    }

    /// <summary>Seconds of one of the steps of a sample, after whose last one the device is waited for; the first sample does not count.</summary>
    /// <param name="steps">Of a sample.</param>
    /// <param name="prepare">Comes before each sample, and is not timed.</param>
    /// <param name="run">A step.</param>
    public double Steps(int steps, Action prepare, Action run)
    {
        Sample();
        return Median(Sample);

        double Sample()
        {
            prepare();
            Context.Synchronize();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < steps; i++) run();
            Context.Synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _start.Dispose();
        Stream.Dispose();
    }

    private double Sample(Action launch, int runs)
    {
        Stream.Record(_start);
        for (int i = 0; i < runs; i++) launch();
        Stream.Record(_end);
        _end.Synchronize();
        return _end.Since(_start).TotalSeconds;
    }

    private double Median(Func<double> sample)
    {
        double[] seconds = [.. Enumerable.Range(0, Sizes.Repeats).Select(_ => sample()).Order()];
        return seconds[seconds.Length / 2];
    }
}
