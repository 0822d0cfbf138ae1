using Generator.Tests.Graphs.Encoders;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device;

/// <summary>Training of whole encoders and encoder–decoders, and passes of encoders: the kernels of every operation beside the reference interpreter.</summary>
public sealed class EncoderKernelTests
{
    public static TheoryData<string> Models { get; } = new(TinyEncoders.Names.Where(name => TinyEncoders.Declaration(name).Training is not null));

    public static TheoryData<string> Encoders { get; } = new(TinyEncoders.Names.Where(name =>
        TinyEncoders.Declaration(name) is { Training: not null, Spec.Architecture: Architecture.EncoderOnly }));

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsComputeWhatTrainingDoes(string name)
    {
        var model = new EncoderRun(TinyEncoders.Declaration(name), Programs.Train, seed: 5);
        Interpreter.Run(model.Program.Operations, new DeviceCheckedValues(model.Values), new RunState { HasMasks = false });
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void KernelsComputeWhatEncodingDoes(string name)
    {
        var model = new EncoderRun(TinyEncoders.Declaration(name), Programs.Encode, seed: 5);
        int rows = model.Program.Operations.SelectMany(o => o.Inputs).OfType<Tensor>().Where(t => t.Shape.IsBounded).Select(t => t.Shape.Rows).DefaultIfEmpty(0).Max();
        Interpreter.Run(model.Program.Operations, new DeviceCheckedValues(model.Values), new RunState { Rows = rows });
    }
}
