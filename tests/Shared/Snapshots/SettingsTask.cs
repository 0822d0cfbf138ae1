using System.Runtime.CompilerServices;

namespace VerifyTests;

/// <summary>Stands in for Verify's class of the same name: settings for one comparison, which runs when it is awaited.</summary>
public sealed class SettingsTask
{
    private readonly SnapshotSettings _settings = new();
    private readonly Lazy<Task> _comparison;

    internal SettingsTask(Func<SnapshotSettings, Task> compare) => _comparison = new Lazy<Task>(() => compare(_settings));

    /// <summary>The folder of the files, relative to the test's source file.</summary>
    public SettingsTask UseDirectory(string directory)
    {
        _settings.Directory = directory;
        return this;
    }

    /// <summary>A name in place of the test method's.</summary>
    public SettingsTask UseMethodName(string name)
    {
        _settings.MethodName = name;
        return this;
    }

    /// <summary>Text after the method's name, which tells several comparisons of one test apart.</summary>
    public SettingsTask UseTextForParameters(string parametersText)
    {
        _settings.ParametersText = parametersText;
        return this;
    }

    public Task ToTask() => _comparison.Value;

    public TaskAwaiter GetAwaiter() => ToTask().GetAwaiter();

    public static implicit operator Task(SettingsTask settingsTask) => settingsTask.ToTask();
}

internal sealed class SnapshotSettings
{
    public string Directory { get; set; } = "";
    public string? MethodName { get; set; }
    public string? ParametersText { get; set; }
}
