using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Browser.Tests;

/// <summary>One headless Chromium with a profile of its own, shared by the tests of a class.</summary>
public sealed class HeadlessBrowser : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DevToolsConnection _connection = new();
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("browser-tests");
    private Process? _process;

    public async Task InitializeAsync()
    {
        if (BrowserProgram.Path == null) return;
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo(BrowserProgram.Path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await _connection.ConnectAsync(await AddressAsync(_process).WaitAsync(Patience));
    }

    /// <summary>Opens a file in a tab of its own.</summary>
    internal async Task<BrowserPage> OpenAsync(string path)
    {
        var page = new BrowserPage(_connection, await TargetAsync());
        await page.NavigateAsync(new Uri(path).AbsoluteUri);
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_process != null)
        {
            await _connection.DisposeAsync();
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        await DeleteProfileAsync();
    }

    private async Task<string> TargetAsync()
    {
        JsonNode target = await _connection.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var parameters = new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true };
        return (await _connection.SendAsync("Target.attachToTarget", parameters))["sessionId"]!.GetValue<string>();
    }

    /// <summary>The address that the browser prints when it listens; what it prints later is read and forgotten.</summary>
    private static async Task<Uri> AddressAsync(Process process)
    {
        const string prefix = "DevTools listening on ";
        var printed = new List<string>();
        _ = process.StandardOutput.ReadToEndAsync();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            printed.Add(line);
            if (!line.StartsWith(prefix, StringComparison.Ordinal)) continue;
            _ = process.StandardError.ReadToEndAsync();
            return new Uri(line[prefix.Length..]);
        }
        throw new InvalidOperationException($"{BrowserProgram.Path} ended before it listened: {string.Join('\n', printed)}");
    }

    /// <summary>Processes of the browser may write for a moment after it was ended.</summary>
    private async Task DeleteProfileAsync()
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }
}
