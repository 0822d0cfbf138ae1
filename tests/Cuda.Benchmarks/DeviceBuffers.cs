namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>Memory of the device by the names of kernels' parameters, full of random numbers: multiplying zeros takes less power, and so less time.</summary>
internal sealed class DeviceBuffers(CudaStream stream) : IDisposable
{
    private const int Part = 1 << 20;

    private static readonly float[] s_numbers = Numbers();

    private readonly Dictionary<string, CudaMemory> _buffers = [];

    public CudaPointer this[string name] => _buffers[name].Pointer;

    public DeviceBuffers With(string name, long floats)
    {
        var memory = new CudaMemory(stream.Context, floats * sizeof(float));
        _buffers.Add(name, memory);
        for (long first = 0; first < floats; first += Part)
            stream.Upload<float>(s_numbers.AsSpan(0, (int)Math.Min(Part, floats - first)), memory.Pointer + first * sizeof(float));
        return this;
    }

    public void Dispose()
    {
        foreach (CudaMemory buffer in _buffers.Values) buffer.Dispose();
    }

    private static float[] Numbers()
    {
        var random = new Random(1);
        var numbers = new float[Part];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = random.NextSingle() - 0.5f;
        return numbers;
    }
}
