using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Browser.Tests;

/// <summary>A tab: what a person does with mouse and keyboard, what the page shows, and what it asked the network for.</summary>
internal sealed class BrowserPage
{
    private readonly DevToolsConnection _connection;
    private readonly string _session;
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BrowserPage(DevToolsConnection connection, string session)
    {
        _connection = connection;
        _session = session;
        connection.EventReceived += Observe;
    }

    /// <summary>Addresses that the page asked for, the page itself included.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Exceptions, entries of the console and of the log, refusals of the content security policy, and dialogs.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public async Task NavigateAsync(string address)
    {
        foreach (string domain in (string[])["Page", "Network", "Runtime", "Log"]) await SendAsync($"{domain}.enable");
        var size = new JsonObject { ["width"] = 1200, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false };
        await SendAsync("Emulation.setDeviceMetricsOverride", size);
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        await _loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The value of an expression; a test says what it expects by its type.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        JsonNode result = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        if (result["exceptionDetails"] is { } exception) throw new InvalidOperationException($"{expression}: {exception.ToJsonString()}");
        return result["result"]!["value"]!.GetValue<T>();
    }

    /// <summary>Waits until a condition holds, for what the browser does in its own time.</summary>
    public async Task UntilAsync(string condition)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            if (await EvaluateAsync<bool>(condition)) return;
            await Task.Delay(25);
        }
        throw new TimeoutException($"This did not come true: {condition}");
    }

    /// <summary>The text of an element.</summary>
    public Task<string> TextAsync(string selector) => EvaluateAsync<string>($"document.querySelector('{selector}').textContent");

    /// <summary>A hash of a canvas's pixels.</summary>
    public Task<string> PixelsAsync(string selector) => EvaluateAsync<string>(
        $$"""
        ((image, hash) => {
          for (const value of image.data) hash = Math.imul(hash ^ value, 16777619) >>> 0;
          return `${image.width}x${image.height} ${hash}`;
        })({{ImageOf(selector)}}, 2166136261)
        """);

    /// <summary>The colour of a pixel of a canvas: "red,green,blue".</summary>
    public Task<string> PixelAsync(string selector, int row, int column) => EvaluateAsync<string>(
        $"(image => image.data.slice(4 * ({row} * image.width + {column}), 4 * ({row} * image.width + {column}) + 3).join())({ImageOf(selector)})");

    /// <summary>Chooses an entry of a selector from the keyboard: to the first entry, then down to the one with this text.</summary>
    public async Task ChooseAsync(string selector, string text)
    {
        await FocusAsync(selector);
        string[] entries = (await EvaluateAsync<string>($"[...document.querySelector('{selector}').options].map(o => o.text).join('\\n')")).Split('\n');
        int wanted = Array.IndexOf(entries, text);
        if (wanted < 0) throw new InvalidOperationException($"{selector} has no {text}; it has {string.Join(", ", entries)}.");
        await PressAsync("Home", 36);
        for (int i = 0; i < wanted; i++) await PressAsync("ArrowDown", 40);
        string chosen = await EvaluateAsync<string>($"(e => e.options[e.selectedIndex].text)(document.querySelector('{selector}'))");
        if (chosen != text) throw new InvalidOperationException($"{selector} stands at {chosen}, not at {text}.");
    }

    public Task FocusAsync(string selector) => EvaluateAsync<bool>($"(e => {{ e.focus(); return true; }})(document.querySelector('{selector}'))");

    /// <summary>Moves the mouse over a point of an element, in CSS pixels from its top left corner.</summary>
    public Task HoverAsync(string selector, double x, double y) => MouseAsync("mouseMoved", selector, x, y);

    public async Task ClickAsync(string selector)
    {
        await MouseAsync("mousePressed", selector, 3, 3);
        await MouseAsync("mouseReleased", selector, 3, 3);
    }

    /// <summary>Presses a named key, such as ArrowDown.</summary>
    public async Task PressAsync(string key, int code)
    {
        foreach (string type in (string[])["rawKeyDown", "keyUp"])
            await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code });
    }

    /// <summary>Has the page think that the person prefers "light" or "dark".</summary>
    public Task PreferAsync(string scheme) => SendAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
    });

    /// <summary>What the page looks like, as PNG.</summary>
    public async Task<byte[]> ScreenshotAsync() => Convert.FromBase64String((await SendAsync("Page.captureScreenshot"))["data"]!.GetValue<string>());

    /// <summary>The pixels of a canvas, read from a copy: a canvas that is read often is drawn in another way, of which the browser warns.</summary>
    private static string ImageOf(string selector) =>
        $$"""
        (canvas => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          return copy.getImageData(0, 0, canvas.width, canvas.height);
        })(document.querySelector('{{selector}}'))
        """;

    private async Task MouseAsync(string type, string selector, double x, double y)
    {
        string place = $"(e => {{ e.scrollIntoView({{ block: 'nearest' }}); const b = e.getBoundingClientRect(); return b.left + ' ' + b.top; }})";
        string[] corner = (await EvaluateAsync<string>($"{place}(document.querySelector('{selector}'))")).Split(' ');
        await SendAsync("Input.dispatchMouseEvent", new JsonObject
        {
            ["type"] = type,
            ["x"] = double.Parse(corner[0], System.Globalization.CultureInfo.InvariantCulture) + x,
            ["y"] = double.Parse(corner[1], System.Globalization.CultureInfo.InvariantCulture) + y,
            ["button"] = type == "mouseMoved" ? "none" : "left",
            ["clickCount"] = type == "mouseMoved" ? 0 : 1,
        });
    }

    private Task<JsonNode> SendAsync(string method, JsonObject? parameters = null) => _connection.SendAsync(method, parameters, _session);

    private void Observe(JsonNode message)
    {
        if (message["sessionId"]?.GetValue<string>() != _session) return;
        JsonNode parameters = message["params"]!;
        switch (message["method"]!.GetValue<string>())
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Network.requestWillBeSent":
                _requests.Enqueue(parameters["request"]!["url"]!.GetValue<string>());
                break;
            case "Runtime.exceptionThrown" or "Runtime.consoleAPICalled" or "Log.entryAdded" or "Page.javascriptDialogOpening":
                _complaints.Enqueue(message.ToJsonString());
                break;
        }
    }
}
