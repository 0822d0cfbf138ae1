using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Architectures;

public sealed class LossBuilderTests
{
    [Theory]
    [InlineData("CrossEntropy", typeof(SoftmaxCrossEntropy), "targets[4]")]
    [InlineData("SoftTargets", typeof(SoftTargetCrossEntropy), "target_values[4,3]")]
    [InlineData("BinaryCrossEntropy", typeof(BinaryCrossEntropyLoss), "target_values[4,3]")]
    [InlineData("MeanSquaredError", typeof(MeanSquaredErrorLoss), "target_values[4,3]")]
    public void EachKindHasItsOperationAndTargets(string kind, Type operation, string targets)
    {
        (ModelGraph model, Operation loss) = Append(new LossSpec { Kind = Enum.Parse<LossKind>(kind) });
        Assert.Equal(operation, loss.GetType());
        Assert.Equal((targets, TensorRole.Input), (loss.Inputs[1]!.ToString(), loss.Inputs[1]!.Role));
        Assert.Equal("loss[1]", loss.Outputs[0].ToString());
        Assert.Empty(model.Tables);
    }

    [Fact]
    public void OptionsReachTheOperation()
    {
        var weights = new EquatableArray<float>(1, 2, 0.5f);
        (ModelGraph model, Operation loss) = Append(new LossSpec { Kind = LossKind.CrossEntropy, LabelSmoothing = 0.1f, ClassWeights = weights });
        var table = Assert.IsType<ClassWeightTable>(Assert.Single(model.Tables));
        Assert.Equal(weights, table.Weights);
        Assert.Equal(new LossOptions { LabelSmoothing = 0.1f, ClassWeights = table.Values }, Assert.IsType<SoftmaxCrossEntropy>(loss).Options);
    }

    [Fact]
    public void WeightsHaveToBeOneForEachClass() =>
        Assert.Throws<ArgumentException>(() => Append(new LossSpec { Kind = LossKind.CrossEntropy, ClassWeights = new EquatableArray<float>(1, 2) }));

    [Theory]
    [InlineData("", "LanguageModel", "Loss = LossKind.SoftTargets", "Training::ModelTrainer")]
    [InlineData("", "LanguageModel", "LabelSmoothing = 0.1, ClassWeights = [1, 0.5, 2]", "Training::LanguageModelTrainer")]
    [InlineData("Architecture = Architecture.EncoderOnly, Labels = 2, ", "SequenceClassification", "Loss = LossKind.BinaryCrossEntropy", "TargetKind.Values")]
    [InlineData("Architecture = Architecture.EncoderOnly, Labels = 2, ", "TokenClassification", "Loss = LossKind.MeanSquaredError", "TargetKind.TokenValues")]
    public void WhatAHeadTakesIsCompiled(string architecture, string head, string loss, string emitted)
    {
        GeneratorRun run = GeneratorRun.Of(
            $"[Transformer({architecture}Head = HeadKind.{head}, VocabularySize = 3, ContextLength = 5, DModel = 8, Heads = 2, Layers = 1), Training(BatchSize = 2, {loss})] partial class Model;");
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.OutputProblems);
        Assert.Contains(emitted, run.Files["Model.Trainer.g.cs"], StringComparison.Ordinal);
    }

    private static (ModelGraph Model, Operation Loss) Append(LossSpec spec)
    {
        var model = new ModelGraph();
        var program = new ProgramGraph("Train");
        program.BeginPhase("Forward");
        program.BeginSection("Head");
        LossBuilder.Append(model, program, spec, new Tensor("logits", new Shape(4, 3), TensorRole.Activation));
        return (model, program.Operations.Single());
    }
}
