namespace Transformer.Compiled.Ptx;

/// <summary>What a lane did wrong; the machine adds kernel, line, block and thread. A lane of -1 is the whole warp.</summary>
internal sealed class LaneFault(int lane, string message) : Exception(message)
{
    public int Lane { get; } = lane;
}
