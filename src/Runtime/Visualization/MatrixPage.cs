using System.Globalization;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// One page without any request: matrices as heat maps, with selectors. The policy in its head forbids the network and every script but its own.
/// </summary>
internal static class MatrixPage
{
    private const string Body = """
        <div id="bar">
        <form id="controls">
        <label>Show <select id="group"></select></label>
        <label>Layer <select id="layer"></select></label>
        <label>Head <select id="head"></select></label>
        <label>Colours
        <select id="range">
        <option value="largest">0 to largest</option>
        <option value="root">0 to largest, square root</option>
        <option value="one">0 to 1</option>
        </select></label>
        <label>Size <input id="size" type="range" min="2" max="40" step="1"></label>
        </form>
        <output id="value"></output>
        </div>
        <div id="overview" role="group" aria-label="Heads of this layer"></div>
        <div id="key"><span id="low"></span><canvas id="ramp" role="img" aria-label="Colours from low to high"></canvas><span id="high"></span></div>
        <div id="scroll" tabindex="0" role="group" aria-label="Heat map; arrow keys move from cell to cell">
        <div id="grid">
        <div id="corner"><div id="column-title" class="axis"></div><div id="row-title" class="axis"></div></div>
        <div id="columns"></div>
        <div id="rows"></div>
        <div id="picture"><canvas id="map" role="img"></canvas><div id="cursor" hidden></div></div>
        </div>
        </div>
        <noscript>This page needs its own script to draw; nothing is loaded from anywhere.</noscript>
        </main>

        """;

    /// <summary>Writes the page; equal groups give equal bytes.</summary>
    public static void Write(Stream stream, string title, IReadOnlyList<MatrixGroup> groups)
    {
        var page = new PageStream(stream);
        string script = PageResources.Read("matrices.js");
        PageResources.WriteHead(page, title, PageStream.HashSource(script));
        page.Markup(Body.ReplaceLineEndings("\n"));
        WriteGroups(page, groups);
        for (int index = 0; index < groups.Count; index++) WriteValues(page, index, groups[index]);
        page.Markup($"<script>{script}</script>\n</body>\n</html>\n");
    }

    private static void WriteGroups(PageStream page, IReadOnlyList<MatrixGroup> groups)
    {
        page.Markup("<script type=\"application/json\" id=\"groups\">[");
        for (int index = 0; index < groups.Count; index++)
        {
            MatrixGroup group = groups[index];
            page.Markup(index == 0 ? "\n{" : ",\n{");
            Property(page, "label", group.Label);
            Property(page, "rowTitle", group.RowTitle);
            Property(page, "columnTitle", group.ColumnTitle);
            Property(page, "rowName", group.RowName);
            Property(page, "columnName", group.ColumnName);
            Property(page, "rows", group.RowLabels);
            Property(page, "columns", group.ColumnLabels);
            string isSigned = group.Range == MatrixRange.Signed ? "true" : "false";
            page.Markup(string.Create(CultureInfo.InvariantCulture, $"\"layers\":{group.Layers},\"heads\":{group.Heads},\"signed\":{isSigned}}}"));
        }
        page.Markup("\n]</script>\n");
    }

    private static void Property(PageStream page, string name, string value)
    {
        page.Markup($"\"{name}\":");
        page.Json(value);
        page.Markup(",");
    }

    private static void Property(PageStream page, string name, IReadOnlyList<string> values)
    {
        page.Markup($"\"{name}\":");
        for (int i = 0; i < values.Count; i++)
        {
            page.Markup(i == 0 ? "[" : ",");
            page.Json(values[i]);
        }
        page.Markup("],");
    }

    private static void WriteValues(PageStream page, int index, MatrixGroup group)
    {
        for (int layer = 0; layer < group.Layers; layer++)
        {
            page.Markup(string.Create(CultureInfo.InvariantCulture, $"<script type=\"text/plain\" id=\"values-{index}-{layer}\">"));
            for (int head = 0; head < group.Heads; head++) page.Base64Halves(group.Values(layer, head));
            page.EndBase64();
            page.Markup("</script>\n");
        }
    }
}
