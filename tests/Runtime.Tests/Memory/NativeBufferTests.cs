using Transformer.Compiled.Memory;

namespace Runtime.Tests.Memory;

public sealed unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Memory_is_zeroed_and_aligned(int count)
    {
        using NativeBuffer<float> buffer = new(count);
        Assert.Equal(count, buffer.Length);
        Assert.Equal(0, (nint)buffer.Pointer.Value % 64);
        Assert.Equal(-1, buffer.Span(0, count).IndexOfAnyExcept(0f));
    }

    [Fact]
    public void Spans_stay_inside()
    {
        using NativeBuffer<int> buffer = new(10);
        Assert.Equal(4, buffer.Span(6, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Span(7, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Span(-1, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Span(1, -1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Span(11, 0).Length);
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<float>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<long>(nint.MaxValue / 2));
    }

    [Fact]
    public void A_disposed_buffer_says_so()
    {
        NativeBuffer<float> buffer = new(4);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Pointer);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span(0, 1).Length);
    }
}
