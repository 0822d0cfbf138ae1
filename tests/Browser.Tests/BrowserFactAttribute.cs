namespace Browser.Tests;

/// <summary>A test in a real browser; without one it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (BrowserProgram.Path == null)
            Skip = $"Needs Chromium: install it (Debian: apt-get install chromium), or set {BrowserProgram.Variable} to its path.";
    }
}
