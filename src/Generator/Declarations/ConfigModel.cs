using Transformer.Compiled.Generator.Declarations.Configs;
using Transformer.Compiled.Generator.Declarations.Json;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Lowers a <c>[Transformer("path/config.json")]</c> to a draft: finds the file, reads it, and applies what stands beside the path.</summary>
internal static class ConfigModel
{
    private static readonly string[] _overrides =
    [
        "ContextLength", "SourceLength", "EmbeddingDropout", "AttentionDropout", "ResidualDropout", "FeedForwardDropout", "HeadDropout",
        "Head", "Labels", "Pooling", "Pooler", "NormalizePooled",
    ];

    public static SpecDraft? Lower(AttributeUse transformer, AttributeValue pathArgument, ProjectConfigs configs, DiagnosticSink diagnostics)
    {
        string path = pathArgument.Texts.Count == 1 ? pathArgument.Texts[0] : "";
        CheckOverrides(transformer, path, diagnostics);
        if (FindFile(path, pathArgument.Location, configs, diagnostics) is not { } file) return null;
        var reader = new AttributeReader(transformer, diagnostics);
        var choice = new HeadChoice(reader);
        return ReadFile(file, choice, diagnostics) is { } draft ? Override(draft, reader, choice, diagnostics) : null;
    }

    private static void CheckOverrides(AttributeUse transformer, string path, DiagnosticSink diagnostics)
    {
        foreach (AttributeValue value in transformer.Values)
        {
            if (value.Name != AttributeUseReader.ConfigPath && Array.IndexOf(_overrides, value.Name) < 0)
                diagnostics.Add(DiagnosticDescriptors.SettingBesideConfig, value.Location, value.Name, path);
        }
    }

    private static ConfigFile? FindFile(string path, LocationInfo? location, ProjectConfigs configs, DiagnosticSink diagnostics)
    {
        if (!ConfigPath.IsRelative(path))
        {
            diagnostics.Add(DiagnosticDescriptors.ConfigPathNotRelative, location, path);
            return null;
        }

        string normalized = ConfigPath.Normalize(path);
        IReadOnlyList<ConfigFile> files = configs.Find(normalized);
        if (files.Count == 1) return files[0];
        if (files.Count == 0) diagnostics.Add(DiagnosticDescriptors.ConfigNotFound, location, normalized);
        else diagnostics.Add(DiagnosticDescriptors.ConfigAmbiguous, location, normalized, string.Join(", ", files.Select(file => file.Path)));
        return null;
    }

    private static SpecDraft? ReadFile(ConfigFile file, HeadChoice choice, DiagnosticSink diagnostics)
    {
        var source = new ConfigSource(file);
        JsonObject root;
        try
        {
            root = JsonReader.Read(file.Text) as JsonObject ?? throw new JsonException(0, "an object is expected here");
        }
        catch (JsonException exception)
        {
            int end = Math.Min(exception.Offset + 1, file.Text.Length);
            diagnostics.Add(DiagnosticDescriptors.ConfigNotJson, source.Locate(exception.Offset, end), exception.Message);
            return null;
        }

        JsonMember? modelType = root.Find("model_type");
        ConfigFamily? family = ConfigFamily.All.FirstOrDefault(candidate => modelType?.Value is JsonString name && candidate.Table.Name == name.Text);
        if (family is not null) return family.Lower(new ConfigReader(root, "", family.Table, source, diagnostics), choice);

        LocationInfo location = modelType is null ? source.Locate(root.Start, root.Start + 1) : source.Locate(modelType.Value);
        diagnostics.Add(DiagnosticDescriptors.ConfigFamilyUnknown, location,
            modelType is null ? "missing" : source.TextOf(modelType.Value),
            string.Join(", ", ConfigFamily.All.Select(known => known.Table.Name)));
        return null;
    }

    private static SpecDraft Override(SpecDraft draft, AttributeReader reader, HeadChoice choice, DiagnosticSink diagnostics)
    {
        if (draft.Encoder is null || draft.Decoder is null) reader.WarnWithoutEffect("an encoder–decoder", "SourceLength");
        return draft with
        {
            Encoder = draft.Encoder is null ? null : draft.Encoder with { ContextLength = Length(draft.Encoder, draft.Decoder is null ? "ContextLength" : "SourceLength") },
            Decoder = draft.Decoder is null ? null : draft.Decoder with { ContextLength = Length(draft.Decoder, "ContextLength") },
            EmbeddingDropout = Rate(draft.EmbeddingDropout, "EmbeddingDropout"),
            AttentionDropout = Rate(draft.AttentionDropout, "AttentionDropout"),
            ResidualDropout = Rate(draft.ResidualDropout, "ResidualDropout"),
            FeedForwardDropout = Rate(draft.FeedForwardDropout, "FeedForwardDropout"),
            HeadDropout = Rate(draft.HeadDropout, "HeadDropout"),
            Head = choice.Complete(draft.Head),
            PlaceOf = reader.LocationOf,
        };

        Setting<double>? Rate(Setting<double>? setting, string name) => reader.Has(name) ? reader.Number(name, 0) : setting;

        Setting<int>? Length(StackDraft stack, string name)
        {
            if (stack.ContextLength is not { } length || reader.Integer(name) is not { } shorter) return stack.ContextLength;
            if (shorter.Value > length.Value && !stack.IsContextOpen)
            {
                diagnostics.Add(DiagnosticDescriptors.ContextLengthExtended, shorter.Location,
                    shorter.Name, InvariantText.Of(shorter.Value), InvariantText.Of(length.Value));
            }
            return shorter;
        }
    }
}
