using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

/// <summary>How rotary frequencies are stretched for long contexts, as in Hugging Face's <c>modeling_rope_utils</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RotaryScaling
{
    private readonly double _factor;
    private readonly double _lowFrequencyFactor;
    private readonly double _highFrequencyFactor;
    private readonly int _originalContext;

    private RotaryScaling(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
    {
        _factor = factor;
        _lowFrequencyFactor = lowFrequencyFactor;
        _highFrequencyFactor = highFrequencyFactor;
        _originalContext = originalContext;
    }

    /// <summary>Frequencies as they are.</summary>
    public static RotaryScaling None => default;

    /// <summary>All frequencies divided by the factor ("linear": position interpolation, Chen et al. 2023).</summary>
    public static RotaryScaling Linear(double factor) => new(factor, 0, 0, 0);

    /// <summary>
    /// Llama 3.1's: frequencies with fewer than <paramref name="low"/> periods in the original context are divided by the
    /// factor, those with more than <paramref name="high"/> stay, and those between are blended.
    /// </summary>
    public static RotaryScaling Llama3(double factor, double low, double high, int original) => new(factor, low, high, original);

    internal double Apply(double frequency)
    {
        if (_factor == 0) return frequency;
        if (_originalContext == 0) return frequency / _factor;

        double periods = _originalContext * frequency / (2 * Math.PI);
        if (periods < _lowFrequencyFactor) return frequency / _factor;
        if (periods > _highFrequencyFactor) return frequency;
        double kept = (periods - _lowFrequencyFactor) / (_highFrequencyFactor - _lowFrequencyFactor);
        return ((1 - kept) * frequency / _factor) + (kept * frequency);
    }
}
