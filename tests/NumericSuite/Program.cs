using Models.Tests;
using Models.Tests.Visualization;
using NumericSuite;
using Runtime.Tests.Kernels;

// The tests of the kernels and of generated models, run by the ahead-of-time compiled program that this project publishes. With
// `--program FILE` it also holds that program, TinyStories, to the recorded stories of the data folder.
var suite = new Suite(Console.Out);
Console.Out.WriteLine($"Instruction sets: {string.Join(", ", InstructionSetNames.Supported)}");

suite.Run<ActivationTests>();
suite.Run<AttentionTests>();
suite.Run<AttentionTermsTests>();
suite.Run<CachedAttentionTests>();
suite.Run<CacheTermsTests>();
suite.Run<CrossAttentionTests>();
suite.Run<ConcatenationTests>();
suite.Run<DropoutTests>();
suite.Run<ElementwiseTests>();
suite.Run<ElementLossTests>();
suite.Run<EmbeddingTests>();
suite.Run<LinearTests>();
suite.Run<LinearsTests>();
suite.Run<NormTests>();
suite.Run<OptimizerStepsTests>();
suite.Run<PatchesTests>();
suite.Run<PhiloxTests>();
suite.Run<PoolingTests>();
suite.Run<PositionTablesTests>();
suite.Run<PrependTokenTests>();
suite.Run<RelativeBiasTests>();
suite.Run<RelativeScoresTests>();
suite.Run<RelativeValuesTests>();
suite.Run<RotaryTests>();
suite.Run<RowLengthsTests>();
suite.Run<SoftmaxCrossEntropyTests>();
suite.Run<SoftTargetCrossEntropyTests>();
suite.Run<SoftmaxSumTests>();
suite.Run<SpanLogitsTests>();
suite.Run<VectorMathTests>();
suite.Run<FixtureTests>();
suite.Run<EncoderFixtureTests>();
suite.Run<PairFixtureTests>();
suite.Run<OddModelTests>();
suite.Run<OddEncoderTests>();
suite.Run<OddPairTests>();
suite.Run<OddMaskTests>();
suite.Run<PairBeamTests>();
suite.Run<PretrainedModelTests>();
suite.Run<VisibleAttentionTests>();
suite.Run<StoryTests>();
PageChecks.Run(suite);
if (args is ["--program", string program]) StoryProgram.Check(suite, program);

Console.Out.WriteLine($"{suite.Passed} passed, {suite.Failed} failed");
return suite.Failed == 0 ? 0 : 1;
