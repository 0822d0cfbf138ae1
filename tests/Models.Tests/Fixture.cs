using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>One folder of tests/Fixtures: a model, inputs, and what an independent implementation computes with them.</summary>
public sealed class Fixture : IDisposable
{
    private readonly SafetensorsFile _expected;

    public Fixture(string name)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
        _expected = SafetensorsFile.Open(Path.Combine(Folder, "expected.safetensors"));
    }

    public string Folder { get; }

    public string ModelPath => Path.Combine(Folder, "model.safetensors");

    /// <summary>The tensors whose gradients and updates are recorded.</summary>
    public IEnumerable<string> ParameterNames =>
        _expected.Names.Where(n => n.StartsWith("grad.", StringComparison.Ordinal)).Select(n => n["grad.".Length..]);

    public bool Has(string name) => _expected.Names.Contains(name);

    public int[] Shape(string name) => Array.ConvertAll(_expected.Tensor(name).Shape.ToArray(), d => checked((int)d));

    public float[] Floats(string name)
    {
        var values = new float[_expected.Tensor(name).Count];
        _expected.ReadFloat32(name, values);
        return values;
    }

    public int[] Integers(string name)
    {
        var values = new long[_expected.Tensor(name).Count];
        _expected.ReadInt64(name, values);
        return Array.ConvertAll(values, v => checked((int)v));
    }

    public void Dispose() => _expected.Dispose();
}
