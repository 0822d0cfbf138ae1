using Generator.Tests.Graphs.Gradients;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>
/// Runs programs in scalar double precision, one class of rules for each room of <c>Ops</c>: the reference semantics of the
/// graph. Matrices are plain [rows, columns] whatever a parameter's storage format.
/// </summary>
internal static class Interpreter
{
    public static void Run(IEnumerable<Operation> operations, IValues values, RunState run)
    {
        values.Begin(run);
        foreach (Operation operation in operations)
        {
            double[][] results = Evaluate(operation, new Operands(operation, values, run));
            for (int i = 0; i < results.Length; i++) values.Write(operation.Outputs[i], results[i]);
            values.Finish(operation);
        }
    }

    private static double[][] Evaluate(Operation operation, Operands operands) => operation switch
    {
        Activate activate => ActivationRules.Forward(activate, operands),
        ActivateGradient gradient => ActivationRules.Gradient(gradient, operands),
        GatedActivate gated => ActivationRules.GatedForward(gated, operands),
        GatedActivateGradient gradient => ActivationRules.GatedGradient(gradient, operands),
        Add => ElementwiseRules.Add(operands),
        SelectRow => ElementwiseRules.SelectRow(operands),
        Publish => ElementwiseRules.Copy(operands),
        ScaleBy scale => ElementwiseRules.ScaleBy(scale, operands),
        ScaleRows => ElementwiseRules.ScaleRows(operands),
        Concatenate => ElementwiseRules.Concatenate(operands),
        ConcatenateGradient gradient => ElementwiseRules.ConcatenateGradient(gradient, operands),
        SoftmaxSum sum => SoftmaxSumRules.Forward(sum, operands),
        SoftmaxSumInputGradient gradient => SoftmaxSumRules.InputGradient(gradient, operands),
        SoftmaxSumParameterGradient gradient => SoftmaxSumRules.ParameterGradient(gradient, operands),
        NormalizeRows => PoolingRules.Normalize(operands),
        NormalizeRowsGradient => PoolingRules.NormalizeGradient(operands),
        Pool pool => PoolingRules.Forward(pool, operands),
        PoolGradient gradient => PoolingRules.Gradient(gradient, operands),
        SpanLogits span => PoolingRules.SpanForward(span, operands),
        SpanLogitsGradient gradient => PoolingRules.SpanGradient(gradient, operands),
        Patches patches => PatchRules.Forward(patches, operands),
        PrependToken prepend => PatchRules.Prepend(prepend, operands),
        PrependTokenInputGradient gradient => PatchRules.InputGradient(gradient, operands),
        PrependTokenParameterGradient gradient => PatchRules.ParameterGradient(gradient, operands),
        RelativeScores scores => RelativeScoreRules.Forward(scores.Shape, RelativeSide.Queries, operands),
        RelativeKeyScores scores => RelativeScoreRules.Forward(scores.Shape, RelativeSide.Keys, operands),
        RelativeInputGradient gradient => RelativeScoreRules.InputGradient(gradient, operands),
        RelativeTableGradient gradient => RelativeScoreRules.TableGradient(gradient, operands),
        CachedRelativeScores scores => RelativeScoreRules.Cached(scores, operands),
        RelativeValues values => RelativeScoreRules.Values(values, operands),
        CachedRelativeValues values => RelativeScoreRules.CachedValues(values, operands),
        RelativeBias bias => PositionRules.BiasForward(bias, operands),
        RelativeBiasGradient gradient => PositionRules.BiasGradient(gradient, operands),
        Attention attention => AttentionRules.Forward(attention, operands),
        AttentionGradient gradient => AttentionRules.Gradient(gradient, operands),
        DistancesGradient gradient => AttentionRules.DistancesGradient(gradient, operands),
        AttentionWeights weights => AttentionRules.Weights(weights, operands),
        AppendToCache append => CacheRules.Append(append, operands),
        CachedAttention attention => CacheRules.Attend(attention, operands),
        CrossAttention attention => CacheRules.AttendToSource(attention, operands),
        CachedAttentionWeights weights => CacheRules.Weights(weights, operands),
        CrossAttentionWeights weights => CacheRules.WeightsOfSource(weights, operands),
        Dropout dropout => DropoutRules.Apply(dropout, operands),
        Embedding embedding => EmbeddingRules.Forward(embedding, operands),
        EmbeddingGradient gradient => EmbeddingRules.Gradient(gradient, operands),
        Linear linear => LinearRules.Forward(linear, operands),
        LinearInputGradient gradient => LinearRules.InputGradient(gradient, operands),
        LinearWeightGradient gradient => LinearRules.WeightGradient(gradient, operands),
        PanelCopy copy => LinearRules.PanelCopy(copy, operands),
        LinearBiasGradient gradient => LinearRules.BiasGradient(gradient, operands),
        LayerNorm norm => NormRules.LayerNormForward(norm, operands),
        LayerNormInputGradient => NormRules.LayerNormInputGradient(operands),
        LayerNormParameterGradient gradient => NormRules.LayerNormParameterGradient(gradient, operands),
        RmsNorm norm => NormRules.RmsNormForward(norm, operands),
        RmsNormInputGradient gradient => NormRules.RmsNormInputGradient(gradient, operands),
        RmsNormParameterGradient gradient => NormRules.RmsNormParameterGradient(gradient, operands),
        Rotary rotary => RotaryRules.Rotate(rotary, rotary.Heads, rotary.Position, direction: 1, operands),
        RotaryGradient gradient => RotaryRules.Rotate(gradient, gradient.Heads, gradient.Position, direction: -1, operands),
        SoftmaxCrossEntropy loss => LossRules.CrossEntropy(loss, operands),
        SoftmaxCrossEntropyGradient gradient => LossRules.CrossEntropyGradient(gradient, operands),
        SoftTargetCrossEntropy => LossRules.SoftTargets(operands),
        SoftTargetCrossEntropyGradient => LossRules.SoftTargetsGradient(operands),
        BinaryCrossEntropyLoss => LossRules.Elements(operands, LossRules.BinaryCrossEntropy),
        BinaryCrossEntropyGradient => LossRules.ElementsGradient(operands, LossRules.BinaryCrossEntropyDerivative),
        MeanSquaredErrorLoss => LossRules.Elements(operands, LossRules.SquaredError),
        MeanSquaredErrorGradient => LossRules.ElementsGradient(operands, LossRules.SquaredErrorDerivative),
        Leaf => ElementwiseRules.Copy(operands),
        LeafGradient => ElementwiseRules.Add(operands),
        WeightedSum => ElementwiseRules.WeightedSum(operands),
        _ => throw new NotSupportedException($"The interpreter has no rule for {operation.Name}: add one to its room."),
    };
}
