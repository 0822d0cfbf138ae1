using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>The few floats between trained parameters, which keep each on a cache line: no kernel writes them, and updates need them to be zero.</summary>
internal sealed unsafe class ParameterPadding
{
    private readonly (nint Offset, int Count)[] _gaps;

    public ParameterPadding(ModelLayout layout)
    {
        var gaps = new List<(nint Offset, int Count)>();
        nint next = layout.TrainedFloats;
        foreach (ParameterInfo parameter in layout.Parameters.ToArray().Where(parameter => parameter.Offset < layout.TrainedFloats).OrderByDescending(parameter => parameter.Offset))
        {
            nint end = parameter.Offset + parameter.Floats;
            if (end < next) gaps.Add((end, checked((int)(next - end))));
            next = parameter.Offset;
        }

        _gaps = [.. gaps];
    }

    /// <summary>Sets them to zero in a storage of the layout.</summary>
    public void Clear(Pointer<float> storage)
    {
        foreach ((nint offset, int count) in _gaps) new Span<float>(storage.Value + offset, count).Clear();
    }
}
