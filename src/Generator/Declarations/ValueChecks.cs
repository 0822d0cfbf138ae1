using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Checks single values against their ranges; values not given pass.</summary>
internal sealed class ValueChecks(DiagnosticSink diagnostics)
{
    public void Range(Setting<int>? setting, int minimum, int maximum)
    {
        if (setting is null || (setting.Value >= minimum && setting.Value <= maximum)) return;
        Report(setting, InvariantText.Of(setting.Value), $"from {InvariantText.Of(minimum)} to {InvariantText.Of(maximum)}");
    }

    public void Range(Setting<double>? setting, double minimum, double maximum)
    {
        if (setting is null || (setting.Value >= minimum && setting.Value <= maximum)) return;
        Report(setting, InvariantText.Of(setting.Value), $"from {InvariantText.Of(minimum)} to {InvariantText.Of(maximum)}");
    }

    /// <summary>A probability below 1, also once it is a float.</summary>
    public void Rate(Setting<double>? setting)
    {
        if (setting is null || (setting.Value >= 0 && (float)setting.Value < 1)) return;
        Report(setting, InvariantText.Of(setting.Value), "at least 0 and below 1");
    }

    private void Report<T>(Setting<T> setting, string value, string expectation)
        => diagnostics.Add(DiagnosticDescriptors.ValueOutOfRange, setting.Location, setting.Name, value, expectation);
}
