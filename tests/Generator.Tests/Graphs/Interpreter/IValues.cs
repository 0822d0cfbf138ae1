using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>Where a run keeps the values of tensors; integers are doubles too.</summary>
internal interface IValues
{
    /// <summary>A run begins.</summary>
    void Begin(RunState run);

    double[] Read(Tensor tensor);

    void Write(Tensor tensor, double[] value);

    /// <summary>The operation's results are all written.</summary>
    void Finish(Operation operation);
}
