using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>What a trainer is given besides weights and optimizer. All values are optional.</summary>
public sealed class TrainerOptions
{
    /// <summary>The key of the dropout masks. The default is 0; a loaded checkpoint brings its own.</summary>
    public ulong Seed { get; init; }

    /// <summary>The threads to use; <c>null</c> is <see cref="ComputeTeam.Shared"/>. The trainer does not dispose it.</summary>
    public ComputeTeam? Team { get; init; }

    /// <summary>This process's place among data-parallel ones, below 65,536, which gives each its own dropout masks. The default is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 65,536 or more.</exception>
    public uint Rank
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue, nameof(Rank));
            field = value;
        }
    }
}
