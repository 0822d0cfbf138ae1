namespace Transformer.Compiled.Cuda;

/// <summary>What a stream that is recorded has been given: a graph keeps addresses and kernels, so that none of it may go while it is replayed.</summary>
internal sealed class CudaRecording
{
    private readonly HashSet<CudaResource> _held = [];

    public void Hold(CudaResource resource) => _held.Add(resource);

    public CudaResource[] Held() => [.. _held];
}
