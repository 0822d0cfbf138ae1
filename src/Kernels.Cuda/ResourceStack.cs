namespace Transformer.Compiled.Cuda;

/// <summary>What has been taken, and goes back all together, the last first. Each goes back though another one fails; a failure is thrown.</summary>
internal sealed class ResourceStack : IDisposable
{
    private readonly Stack<Action> _releases = new();

    /// <summary>Takes something that is disposed of in the end.</summary>
    public T Take<T>(T resource)
        where T : IDisposable
    {
        _releases.Push(resource.Dispose);
        return resource;
    }

    /// <summary>Notes how something goes back.</summary>
    public void Take(Action release) => _releases.Push(release);

    public void Dispose()
    {
        if (!_releases.TryPop(out Action? release)) return;
        try
        {
            release();
        }
        finally
        {
            Dispose();
        }
    }
}
