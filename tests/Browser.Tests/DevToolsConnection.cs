using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Browser.Tests;

/// <summary>The DevTools protocol over a WebSocket: commands with answers, and the events between them.</summary>
internal sealed class DevToolsConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _pending = [];
    private readonly SemaphoreSlim _sending = new(1);
    private Task _receiving = Task.CompletedTask;
    private int _lastCommand;

    /// <summary>Called for each event, on the thread that receives.</summary>
    public event Action<JsonNode>? EventReceived;

    public async Task ConnectAsync(Uri address)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _socket.ConnectAsync(address, timeout.Token);
        _receiving = ReceiveAsync();
    }

    /// <summary>Sends a command and waits for its result.</summary>
    /// <exception cref="InvalidOperationException">The browser refused the command; the message has its error.</exception>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        int id = Interlocked.Increment(ref _lastCommand);
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session != null) command["sessionId"] = session;
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        byte[] text = System.Text.Encoding.UTF8.GetBytes(command.ToJsonString());
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(text, WebSocketMessageType.Text, true, default);
        }
        finally
        {
            _sending.Release();
        }

        JsonNode message = await answer.Task.WaitAsync(Patience);
        if (message["error"] is { } error) throw new InvalidOperationException($"{method}: {error.ToJsonString()}");
        return message["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[65536];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), default);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                Dispatch(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or System.Text.Json.JsonException)
        {
            foreach (TaskCompletionSource<JsonNode> answer in _pending.Values) answer.TrySetException(new IOException("The browser is gone.", gone));
        }
    }

    private void Dispatch(JsonNode message)
    {
        if (message["id"] is not { } id) EventReceived?.Invoke(message);
        else if (_pending.TryRemove(id.GetValue<int>(), out TaskCompletionSource<JsonNode>? answer)) answer.TrySetResult(message);
    }
}
