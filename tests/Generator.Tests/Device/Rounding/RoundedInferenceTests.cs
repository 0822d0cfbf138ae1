using Generator.Tests.Graphs.Interpreter;
using Models.Tests;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using static Transformer.Compiled.Generator.Architectures.Programs;
using Architecture = Transformer.Compiled.Generator.Declarations.Architecture;
using Precision = Transformer.Compiled.Generator.Declarations.Precision;

namespace Generator.Tests.Device.Rounding;

/// <summary>Sessions and encoders of the reference models with rounded factors: logits of whole prompts, in passes that are rounded, and of a token after them, which is not.</summary>
public sealed class RoundedInferenceTests
{
    public static TheoryData<string, string> Cases => DeviceFixture.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogitsAgree(string name, string precision)
    {
        DeviceFixture model = DeviceFixture.Of(name, precision);
        using ModelWeights weights = model.Load();
        Inference inference = model.Declaration.Spec.Architecture switch
        {
            Architecture.DecoderOnly => new Prompt(model),
            Architecture.EncoderOnly => new Encoding(model),
            _ => new Translation(model),
        };
        RoundedAgreement.Check(model.Precision, (rounding, noise) => inference.Interpret(new ReferenceRun(model.Graph, weights, noise), rounding), inference.Run(weights));
    }

    /// <summary>What is asked of a model, on the device and in the reference interpreter: results by name.</summary>
    private abstract class Inference
    {
        public abstract Dictionary<string, double[]> Run(ModelWeights weights);

        public abstract Dictionary<string, double[]> Interpret(ReferenceRun run, Precision precision);

        protected static double[] Doubles(ReadOnlySpan<float> values) => [.. values.ToArray().Select(value => (double)value)];
    }

    /// <summary>A prompt in chunks, and its first token once more after it.</summary>
    private class Prompt(DeviceFixture model) : Inference
    {
        protected virtual int[] Tokens { get; } = model.Recorded.Integers("in.input_ids")[..model.Recorded.Shape("in.input_ids")[1]];

        public override Dictionary<string, double[]> Run(ModelWeights weights)
        {
            using IDecoderSession session = DeviceModels.Session(model.Model, weights);
            Begin(session);
            var prompt = new float[Tokens.Length * session.VocabularySize];
            session.PrefillLogits(Tokens, prompt);
            session.Decode(Tokens[0]);
            return new() { ["prompt"] = Doubles(prompt), ["decoded"] = Doubles(session.Logits) };
        }

        public override Dictionary<string, double[]> Interpret(ReferenceRun run, Precision precision)
        {
            (string, IEnumerable<double>)[] source = Begin(run, precision);
            int chunk = model.Declaration.Inference.PrefillChunk, vocabulary = model.Declaration.Spec.Main.VocabularySize;
            List<double> prompt = [];
            for (int start = 0; start < Tokens.Length; start += chunk)
            {
                int rows = Math.Min(chunk, Tokens.Length - start);
                var state = new RunState { Rows = rows, Precision = precision };
                IEnumerable<double> tokens = FixtureInputs.Doubles(Tokens[start..(start + rows)]), positions = FixtureInputs.Doubles(Enumerable.Range(start, rows));
                run.Run(Prefill, PrefillPhase, state, [("tokens", tokens), ("positions", positions), .. source]);
                run.Run(Prefill, ChunkLogitsPhase, state);
                prompt.AddRange(run.Output(Prefill, "chunk_logits")[..(rows * vocabulary)]);
            }

            run.Run(Decode, DecodePhase, new RunState { Precision = precision }, [("tokens", [Tokens[0]]), ("positions", [Tokens.Length]), .. source]);
            return new() { ["prompt"] = [.. prompt], ["decoded"] = run.Output(Decode, "logits") };
        }

        protected virtual void Begin(IDecoderSession session)
        {
        }

        /// <summary>What passes are given beside tokens and positions.</summary>
        protected virtual (string Name, IEnumerable<double> Value)[] Begin(ReferenceRun run, Precision precision) => [];
    }

    /// <summary>The same after a source.</summary>
    private sealed class Translation(DeviceFixture model) : Prompt(model)
    {
        private readonly int[] _source = model.Recorded.Integers("in.input_ids")[..model.Recorded.Shape("in.input_ids")[1]];
        private readonly int[] _mask = model.Recorded.Integers("in.attention_mask")[..model.Recorded.Shape("in.input_ids")[1]];

        protected override int[] Tokens { get; } = FixtureBatches.DecoderTokens(model.Recorded)[..model.Recorded.Shape("in.labels")[1]];

        protected override void Begin(IDecoderSession session) => ((IEncoderDecoderSession)session).Encode(_source, _mask);

        protected override (string Name, IEnumerable<double> Value)[] Begin(ReferenceRun run, Precision precision)
        {
            (string, IEnumerable<double>) mask = ("source_mask", FixtureInputs.Doubles(_mask));
            IEnumerable<double> positions = FixtureInputs.Doubles(Enumerable.Range(0, _source.Length));
            run.Run(Encode, EncodeSourcePhase, new RunState { Rows = _source.Length, Precision = precision }, ("sources", FixtureInputs.Doubles(_source)), ("source_positions", positions), mask);
            return [mask];
        }
    }

    /// <summary>All sequences or images at once.</summary>
    private sealed class Encoding(DeviceFixture model) : Inference
    {
        public override Dictionary<string, double[]> Run(ModelWeights weights)
        {
            using IEncoder encoder = DeviceModels.Encoder(model.Model, weights);
            Fixture recorded = model.Recorded;
            if (recorded.Has("in.pixel_values")) encoder.Encode(recorded.Floats("in.pixel_values"));
            else encoder.Encode(recorded.Integers("in.input_ids"), Optional("in.attention_mask"), Optional("in.token_type_ids"));
            return new() { ["logits"] = Doubles(encoder.Logits) };
        }

        public override Dictionary<string, double[]> Interpret(ReferenceRun run, Precision precision)
        {
            (string, IEnumerable<double> Value)[] inputs = FixtureInputs.Encoder(model);
            run.Run(Encode, EncodePhase, new RunState { Rows = inputs.Single(input => input.Item1 == "positions").Value.Count(), Precision = precision }, inputs);
            return new() { ["logits"] = run.Output(Encode, "logits") };
        }

        private int[]? Optional(string name) => model.Recorded.Has(name) ? model.Recorded.Integers(name) : null;
    }
}
