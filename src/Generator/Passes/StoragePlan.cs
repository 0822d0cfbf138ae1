using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>Where parameters, tables and states lie, each kind in an allocation of its own. Trained parameters come first.</summary>
internal sealed class StoragePlan
{
    private readonly Dictionary<Parameter, long> _parameters = [];
    private readonly Dictionary<Tensor, long> _tables = [];
    private readonly Dictionary<StateSlot, long> _states = [];

    public StoragePlan(ModelGraph model)
    {
        TrainedParameters = [.. model.Parameters.Where(p => p.IsTrained)];
        foreach (Parameter parameter in TrainedParameters) Place(parameter);
        TrainedFloats = ParameterFloats;
        foreach (Parameter parameter in model.Parameters.Where(p => !p.IsTrained)) Place(parameter);
        foreach (Tensor table in model.Tables.SelectMany(t => t.Tensors))
        {
            _tables.Add(table, TableFloats);
            TableFloats += MemoryPlan.Align(table.Shape.Elements);
        }
        foreach (StateSlot state in model.States)
        {
            _states.Add(state, StateFloats);
            StateFloats += MemoryPlan.Align(state.Floats);
        }
    }

    /// <summary>In the order of their offsets.</summary>
    public IReadOnlyList<Parameter> TrainedParameters { get; }

    public long ParameterFloats { get; private set; }

    /// <summary>The extent of trained parameters, of their gradients, and of each state of an optimizer.</summary>
    public long TrainedFloats { get; }

    public long TableFloats { get; }

    /// <summary>The states of one row.</summary>
    public long StateFloats { get; }

    public long OffsetOf(Parameter parameter) => _parameters[parameter];

    public long OffsetOf(StateSlot state) => _states[state];

    public long OffsetOfTable(Tensor table) => _tables[table];

    private void Place(Parameter parameter)
    {
        _parameters.Add(parameter, ParameterFloats);
        ParameterFloats += MemoryPlan.Align(parameter.StorageFloats);
    }
}
