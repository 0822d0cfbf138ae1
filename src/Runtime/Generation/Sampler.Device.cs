namespace Transformer.Compiled.Generation;

// A device draws with the numbers of this generator, which it is sent before it has the logits. So that CPU and device consume them alike, they
// are looked up first and consumed once the token is known.
public sealed partial class Sampler
{
    /// <summary>The uniform number of a draw to come, in units of 2⁻⁶⁴; 0 where nothing is drawn. The generator stays where it is.</summary>
    /// <param name="ahead">How many draws come before it.</param>
    internal ulong UpcomingDraw(int ahead = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ahead);
        if (Temperature == 0) return 0;
        PermutedCongruentialGenerator generator = _generator;
        for (int draw = 0; draw < ahead; draw++) generator.NextFraction();
        return generator.NextFraction();
    }

    /// <summary>Takes a token that a device has drawn with the first number of <see cref="UpcomingDraw"/>, and goes on to the next as <see cref="Sample"/> does.</summary>
    /// <param name="token">The token; −1 where none could be drawn, which consumes no number.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">None could be drawn.</exception>
    internal int Accept(int token)
    {
        if (token < 0) throw new ArgumentException("No token can be drawn: a logit is NaN or +∞, or all are −∞ or excluded.", "logits");
        if (Temperature != 0) _generator.NextFraction();
        return token;
    }
}
