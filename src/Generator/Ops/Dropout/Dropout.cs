using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y = x · mask / (1 − rate) + addend (Srivastava et al., 2014). The mask is a function of seed, step and site, so the
/// gradient is the same operation on dy.
/// </summary>
internal sealed partial class Dropout(Tensor x, float rate, string site, Tensor? addend, Tensor y) : Operation(x, addend), IFusesAddend, IRecomputable
{
    public Dropout(Tensor x, float rate, string site)
        : this(x, rate, site, addend: null, new Tensor(site, x.Shape, TensorRole.Activation))
    {
    }

    public float Rate { get; } = rate;

    public string Site { get; } = site;

    public override IReadOnlyList<Tensor> Outputs { get; } = [y];

    public override int AddendSlot => 1;

    public override bool MayOverwrite(int slot) => true;

    public Operation WithAddend(Tensor addend, Tensor destination) => new Dropout(Inputs[0]!, Rate, Site, addend, destination);

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) =>
        new Dropout(inputs[0]!, Rate, Site, inputs[1], new Tensor(name, Outputs[0].Shape, TensorRole.Activation));

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Outputs[0]) is not { } dy) return;
        if (Addend is { } addend) gradients.Pass(addend, dy);
        if (!gradients.Needs(Inputs[0])) return;
        (Tensor? sofar, Tensor destination) = gradients.Contribute(Inputs[0]!);
        gradients.Program.Add(new Dropout(dy, Rate, Site, sofar, destination));
    }
}
