using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Reads the values of an attribute by property name, with defaults for those not written.</summary>
internal sealed class AttributeReader(AttributeUse use, DiagnosticSink diagnostics)
{
    public bool Has(string name) => use.Find(name) is not null;

    /// <summary>Where a property was written; the whole attribute where it was not.</summary>
    public LocationInfo? LocationOf(string name) => use.Find(name)?.Location ?? use.Location;

    /// <summary>The value of a property that has no default; a missing one is reported.</summary>
    public Setting<int>? Required(string name)
    {
        Setting<int>? setting = Integer(name);
        if (setting is null) diagnostics.Add(DiagnosticDescriptors.RequiredValueMissing, use.Location, use.Name, name);
        return setting;
    }

    public Setting<int>? Integer(string name)
        => use.Find(name) is { } value ? new Setting<int>((int)value.Number, name, value.Location) : null;

    public Setting<double> Number(string name, double defaultValue)
        => use.Find(name) is { } value ? new Setting<double>(value.Number, name, value.Location) : new Setting<double>(defaultValue, name, use.Location);

    public Setting<EquatableArray<double>>? Numbers(string name)
        => use.Find(name) is { } value ? new Setting<EquatableArray<double>>(value.Numbers, name, value.Location) : null;

    public bool Flag(string name, bool defaultValue) => use.Find(name) is { } value ? value.Number != 0 : defaultValue;

    /// <summary>The member of an enum, which has the same members in Runtime; a number that is no member is reported.</summary>
    public TEnum Choice<TEnum>(string name, TEnum defaultValue)
        where TEnum : struct, Enum
    {
        if (use.Find(name) is not { } value) return defaultValue;
        var choice = (TEnum)Enum.ToObject(typeof(TEnum), (long)value.Number);
        if (Enum.IsDefined(typeof(TEnum), choice)) return choice;
        diagnostics.Add(DiagnosticDescriptors.ValueOutOfRange, value.Location,
            name, InvariantText.Of(value.Number), "one of " + string.Join(", ", Enum.GetNames(typeof(TEnum))));
        return defaultValue;
    }

    public EquatableArray<string> Texts(string name) => use.Find(name)?.Texts ?? EquatableArray<string>.Empty;

    /// <summary>Reports each of the named properties that was written although it has no effect.</summary>
    public void WarnWithoutEffect(string missing, params string[] names)
    {
        foreach (string name in names)
        {
            if (use.Find(name) is { } value)
                diagnostics.Add(DiagnosticDescriptors.SettingWithoutEffect, value.Location, name, missing);
        }
    }
}
