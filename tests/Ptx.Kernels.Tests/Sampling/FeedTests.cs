using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class FeedTests
{
    private const int Context = 5;
    private const int Vocabulary = 131;
    private const int NoToken = -1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatTheHostGivesOrTheDeviceHasDrawn(bool isBounded)
    {
        // Given, drawn, drawn where nothing could be, and given past the end of the history.
        int[] given = [7, NoToken, NoToken, 9], drawn = [1, 130, -1, 2], positions = [0, 3, 4, Context];
        using var device = new Device();
        var control = new ControlWords(given.Length);
        control.Set(ControlField.Rows, given.Length);
        for (int row = 0; row < given.Length; row++)
        {
            control.Set(row, ControlRowField.Token, given[row]);
            control.Set(row, ControlRowField.Position, positions[row]);
        }

        var shape = new SamplingShape(isBounded ? Extent.UpTo(40) : Extent.Of(given.Length), Vocabulary, Context);
        int[] before = new int[given.Length * Context];
        DeviceBuffer tokens = device.Unwritten(4), fed = device.Unwritten(4), history = device.Of(before);
        device.Run(SamplingKernels.Feed(shape), device.Of(drawn), tokens, fed, history, device.Of(control.Words));
        Assert.Equal([7, 130, 0, 9], tokens.Words());
        Assert.Equal(positions, fed.Words());
        (before[0], before[Context + 3]) = (7, 130);
        Assert.Equal(before, history.Words());
    }
}
