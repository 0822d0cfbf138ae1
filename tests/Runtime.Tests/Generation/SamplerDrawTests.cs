using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

/// <summary>What a device draws with is what the sampler itself would.</summary>
public class SamplerDrawTests
{
    private static readonly float[] Logits = [.. Enumerable.Repeat(0f, 64)];

    [Fact]
    public void TheUpcomingNumberIsTheNextDraws()
    {
        // 64 tokens of the same logit: the token is in the upper six bits of the number.
        var sampler = new Sampler { Seed = 5 };
        ulong third = sampler.UpcomingDraw(2);
        for (int draw = 0; draw < 100; draw++)
        {
            ulong upcoming = sampler.UpcomingDraw();
            if (draw == 2) Assert.Equal(third, upcoming);
            Assert.Equal((int)(upcoming >> 58), sampler.Sample(Logits));
        }
    }

    [Fact]
    public void ATokenOfTheDeviceConsumesANumberAsOneOfTheHost()
    {
        Sampler host = new() { Seed = 9 }, device = new() { Seed = 9 };
        for (int draw = 0; draw < 10; draw++)
        {
            int token = host.Sample(Logits);
            Assert.Equal(token, device.Accept(token));
            Assert.Equal(host.UpcomingDraw(), device.UpcomingDraw());
        }

        device.Reset();
        Assert.Equal(new Sampler { Seed = 9 }.UpcomingDraw(), device.UpcomingDraw());
    }

    [Fact]
    public void NothingIsConsumedWhereNothingIsDrawn()
    {
        var sampler = new Sampler { Seed = 9 };
        ulong upcoming = sampler.UpcomingDraw();
        Assert.Equal("logits", Assert.Throws<ArgumentException>(() => sampler.Accept(-1)).ParamName);
        Assert.Equal(upcoming, sampler.UpcomingDraw());
        Assert.Equal(0ul, Sampler.Greedy.UpcomingDraw(3));
        Assert.Equal(7, Sampler.Greedy.Accept(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.UpcomingDraw(-1));
    }
}
