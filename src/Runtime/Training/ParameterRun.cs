using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>
/// Neighbouring trained parameters of one kind as one flat range: what an optimizer is called with. A run reaches to the start of
/// the next, so the padding between parameters, zero everywhere, belongs to it.
/// </summary>
internal readonly record struct ParameterRun(ParameterKind Kind, nint Offset, nint Count)
{
    /// <summary>The runs of a model, in storage order; together they are [0, TrainedFloats).</summary>
    public static ParameterRun[] Of(ModelLayout layout)
    {
        var runs = new List<ParameterRun>();
        nint end = layout.TrainedFloats;
        foreach (ParameterInfo parameter in layout.Parameters.ToArray().OrderByDescending(parameter => parameter.Offset))
        {
            if (parameter.Offset >= layout.TrainedFloats) continue;
            var run = new ParameterRun(parameter.Kind, parameter.Offset, end - parameter.Offset);
            end = parameter.Offset;
            if (runs.Count > 0 && runs[^1].Kind == run.Kind)
                runs[^1] = run with { Count = run.Count + runs[^1].Count };
            else
                runs.Add(run);
        }

        runs.Reverse();
        return [.. runs];
    }
}
