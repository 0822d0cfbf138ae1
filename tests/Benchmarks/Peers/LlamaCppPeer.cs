using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Transformer.Compiled.Benchmarks.Compare;

namespace Transformer.Compiled.Benchmarks;

/// <summary>llama.cpp's `llama-bench` and `llama-perplexity` on a GGUF file.</summary>
internal sealed partial class LlamaCppPeer
{
    public const string Name = "llama.cpp F32";

    private readonly CompareContext _context;
    private readonly string _bench;
    private readonly string _perplexity;

    private LlamaCppPeer(CompareContext context, string folder)
    {
        _context = context;
        _bench = Path.Combine(folder, "llama-bench");
        _perplexity = Path.Combine(folder, "llama-perplexity");
    }

    /// <summary>Finds it, or says why it is missing.</summary>
    public static LlamaCppPeer? TryFind(CompareContext context)
    {
        if (context.Options.Text("--llama-cpp") is not { } folder)
        {
            context.Missing(Name, "name the folder of its llama-bench and llama-perplexity with --llama-cpp FOLDER");
            return null;
        }
        LlamaCppPeer peer = new(context, folder);
        if (File.Exists(peer._bench) && File.Exists(peer._perplexity)) return peer;
        context.Missing(Name, $"{folder} lacks llama-bench or llama-perplexity");
        return null;
    }

    /// <summary>Seconds for each of so many tokens, one by one from an empty cache.</summary>
    public double DecodeSecondsPerToken(string model, int tokens) => Bench(model, prompt: 0, tokens) / tokens;

    /// <summary>Seconds for a prompt of so many tokens.</summary>
    public double PrefillSeconds(string model, int tokens) => Bench(model, tokens, generated: 0);

    /// <summary>
    /// The perplexity of the second halves of windows that each begin with the start token, with a float32 cache.
    /// </summary>
    public double Perplexity(string model, string textFile, int window)
    {
        ProcessStartInfo start = new(
            _perplexity, ["-m", model, "-f", textFile, "-c", Text(window), "-b", Text(window), "-t", Text(_context.Threads), "-ctk", "f32", "-ctv", "f32"]);
        (string output, string errors) = PeerProcess.Run(start);
        Match match = Estimate().Match(output + errors);
        return match.Success
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{_perplexity} gave no estimate: {errors}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Seconds of one repetition after its warm-up, by its own clock.</summary>
    private double Bench(string model, int prompt, int generated)
    {
        string[] arguments = ["-m", model, "-t", Text(_context.Threads), "-p", Text(prompt), "-n", Text(generated), "-r", "1", "-o", "json"];
        using JsonDocument document = JsonDocument.Parse(PeerProcess.Run(new ProcessStartInfo(_bench, arguments)).Output);
        JsonElement test = document.RootElement[0];
        _context.Found(
            Name,
            $"build {test.GetProperty("build_number")} ({test.GetProperty("build_commit")}), {test.GetProperty("backends")}, {test.GetProperty("model_type")}, cache {test.GetProperty("type_k")}, " +
            $"flash attention {test.GetProperty("flash_attn")}, micro-batch {test.GetProperty("n_ubatch")}: llama-bench's defaults");
        return test.GetProperty("avg_ns").GetDouble() * 1e-9;
    }

    [GeneratedRegex(@"Final estimate: PPL = ([0-9.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Estimate();
}
