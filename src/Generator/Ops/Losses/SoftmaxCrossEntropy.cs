using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// loss = mean over targets other than −100 of log Σ exp(logits) − logits[target]; with options, that of the smoothed target, weighted by the target's class.
/// </summary>
internal sealed partial class SoftmaxCrossEntropy : Operation
{
    public SoftmaxCrossEntropy(Tensor logits, Tensor targets)
        : this(logits, targets, LossOptions.None)
    {
    }

    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">int [rows]: classes, or −100 for rows that count for nothing.</param>
    /// <param name="options">Label smoothing and class weights.</param>
    public SoftmaxCrossEntropy(Tensor logits, Tensor targets, LossOptions options)
        : base(logits, targets, options.ClassWeights)
    {
        if (options.ClassWeights is { } weights && weights.Shape.Rows != logits.Shape.Columns)
            throw new ArgumentException($"{weights} has to have a weight for each class of {logits}.");
        Options = options;
        RowLosses = new Tensor("row_losses", logits.Shape.PerRow(), TensorRole.Activation);
        LogNormalizers = new Tensor("log_normalizers", logits.Shape.PerRow(), TensorRole.Activation);
    }

    public LossOptions Options { get; }

    public Tensor Loss { get; } = new("loss", new Shape(1), TensorRole.Output);

    public Tensor RowLosses { get; }

    public Tensor LogNormalizers { get; }

    public override IReadOnlyList<Tensor> Outputs => [Loss, RowLosses, LogNormalizers];

    public override long FloatingPointOperations => (Options.LabelSmoothing == 0 ? 3 : 5) * Inputs[0]!.Shape.Elements;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Needs(Inputs[0]))
            gradients.Pass(Inputs[0]!, gradients.Program.Add(new SoftmaxCrossEntropyGradient(Inputs[0]!, Inputs[1]!, LogNormalizers, Options)));
    }
}

/// <summary>dLogits = (softmax(logits) − one-hot(target)) / count, zero for ignored rows; with options, of the smoothed and weighted targets.</summary>
internal sealed partial class SoftmaxCrossEntropyGradient(Tensor logits, Tensor targets, Tensor logNormalizers, LossOptions options)
    : Operation(logits, targets, logNormalizers, options.ClassWeights)
{
    public LossOptions Options { get; } = options;

    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(logits.Name + ".gradient", logits.Shape, TensorRole.Activation)];

    public override bool MayOverwrite(int slot) => slot == 0;

    public override long FloatingPointOperations => (Options.LabelSmoothing == 0 ? 4 : 5) * Outputs[0].Shape.Elements;
}
