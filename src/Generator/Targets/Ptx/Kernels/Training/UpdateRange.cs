namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// A thread's four parameters of a flat range, in an optimizer's kernel: gradients as they are clipped, parameters, and the optimizer's states.
/// g ← clamp(scale · gradient) + penalty · p, as all optimizers have it; coefficients are of the control block, and the scale is what
/// <see cref="GradientNormKernels"/> left.
/// </summary>
internal sealed class UpdateRange
{
    private readonly PtxBuilder _k;
    private readonly GlobalAddress _parameter;
    private readonly GlobalAddress[] _states;
    private readonly GlobalAddress _ofKind;

    /// <param name="name">The entry.</param>
    /// <param name="formula">What it does, for the comment.</param>
    /// <param name="states">The names of the optimizer's states.</param>
    public UpdateRange(string name, string formula, IReadOnlyList<string> states)
    {
        PtxBuilder k = _k = new PtxBuilder(name, formula, LaunchSize.ByArguments, new LaunchSize(UpdateLaunches.Threads));
        GlobalAddress gradient = k.Buffer("gradient"), scales = k.Buffer("scale"), parameter = k.Buffer("parameter");
        GlobalAddress[] buffers = [.. states.Select(k.Buffer)];
        U32 fours = k.WordParameter("fours"), kind = k.WordParameter("kind");
        GlobalAddress control = k.Buffer("control");
        U32 index = k.MultiplyAdd(k.BlockX, UpdateLaunches.Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, fours));

        U32 first = k.Multiply(index, UpdateLaunches.Group);
        Control = new ControlBlock(k, control);
        _ofKind = k.Element(control, kind);
        _parameter = k.Element(parameter, first);
        _states = [.. buffers.Select(state => k.Element(state, first))];
        F32[] loaded = k.Load(k.Element(gradient, first), UpdateLaunches.Group);
        Parameters = k.Load(_parameter, UpdateLaunches.Group);
        States = [.. _states.Select(state => k.Load(state, UpdateLaunches.Group))];
        F32 scale = k.Load(scales), limit = Control.Float(ControlField.ClipValue), lowest = k.Negate(limit), penalty = OfKind(ControlField.Penalty);
        Gradients = [.. loaded.Zip(Parameters, (g, p) => k.MultiplyAdd(p, penalty, k.Clamp(k.Multiply(g, scale), lowest, limit)))];
    }

    public PtxBuilder Builder => _k;

    public ControlBlock Control { get; }

    /// <summary>Clipped, with the penalty.</summary>
    public F32[] Gradients { get; }

    /// <summary>Read; a formula replaces them.</summary>
    public F32[] Parameters { get; }

    /// <summary>Of each state the four; a formula replaces them.</summary>
    public F32[][] States { get; }

    /// <summary>A coefficient of the range's kind of parameters.</summary>
    public F32 OfKind(ControlField first) => _k.Load(_ofKind.Plus((int)first));

    /// <summary>Stores the states and parameters as they are now.</summary>
    public PtxKernel Build()
    {
        for (int state = 0; state < _states.Length; state++) _k.Store(_states[state], States[state]);
        _k.Store(_parameter, Parameters);
        return _k.Build();
    }
}
