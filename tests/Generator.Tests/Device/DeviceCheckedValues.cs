using Generator.Tests.Graphs;
using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Generator.Tests.Device;

/// <summary>
/// Values of the reference interpreter; after each operation its kernels have to compute the same from the same operands. Factors that both round are the same numbers, so that
/// single precision is all that is between them, at any precision.
/// </summary>
internal sealed class DeviceCheckedValues(IValues inner) : IValues
{
    private const double Absolute = 1e-5, Relative = 1e-4;
    private readonly Dictionary<Tensor, double[]> _operands = [];
    private readonly Dictionary<Tensor, double[]> _results = [];
    private RunState _run = new();

    public void Begin(RunState run)
    {
        _run = run;
        inner.Begin(run);
    }

    public double[] Read(Tensor tensor) => _operands[tensor] = inner.Read(tensor);

    public void Write(Tensor tensor, double[] value)
    {
        _results[tensor] = value;
        inner.Write(tensor, value);
    }

    public void Finish(Operation operation)
    {
        if (OperationTypes.All.Contains(operation.GetType())) Compare(operation);
        _operands.Clear();
        _results.Clear();
        inner.Finish(operation);
    }

    private void Compare(Operation operation)
    {
        if (_run.HasMasks && operation is Dropout or Attention { Dropout: > 0 } or AttentionGradient { Forward.Dropout: > 0 })
            throw new InvalidOperationException("The reference draws other masks than the device: compare without dropout.");
        using var device = new DeviceOperation(operation, _run, _run.Precision);
        double[]?[] actual = device.Run(ValueOf);
        for (int i = 0; i < actual.Length; i++)
        {
            if (actual[i] is { } result) Compare(operation, operation.Outputs[i], _results[operation.Outputs[i]], result);
        }

        double[] ValueOf(Tensor tensor) => _operands.TryGetValue(tensor, out double[]? value) ? value : inner.Read(tensor);
    }

    private void Compare(Operation operation, Tensor tensor, double[] expected, double[] actual)
    {
        long count = tensor.Shape.IsBounded ? expected.Length / tensor.Shape.Rows * _run.Rows : expected.Length;
        for (long i = 0; i < count; i++)
        {
            if (double.IsNaN(expected[i]) || expected[i].Equals(actual[i])) continue;
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= Absolute + (Relative * Math.Abs(expected[i])), $"{operation.Name}: {tensor}[{i}] is {expected[i]:R}, and {actual[i]:R} on the device.");
        }
    }
}
