namespace Transformer.Compiled.Visualization;

/// <summary>The style and the scripts of pages, which are embedded in this assembly, and the head that all pages have.</summary>
internal static class PageResources
{
    /// <summary>A file of the folder Pages, with line feeds.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(PageResources).Assembly.GetManifestResourceStream("Pages/" + name)
            ?? throw new InvalidOperationException($"This build has no embedded {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Everything up to the heading; the page is in an open main element. The policy allows nothing but the style and the script of the given hash.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="title">The page's title and heading.</param>
    /// <param name="scriptSource">The script's hash, or 'none'.</param>
    public static void WriteHead(PageStream page, string title, string scriptSource)
    {
        string style = Read("page.css");
        page.Markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ");
        page.Markup($"style-src {PageStream.HashSource(style)}; script-src {scriptSource}\">\n");
        page.Markup("<meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
        page.Html(title);
        page.Markup($"</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>");
        page.Html(title);
        page.Markup("</h1>\n");
    }
}
