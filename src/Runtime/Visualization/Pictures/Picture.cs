using System.Text;

namespace Transformer.Compiled.Visualization;

/// <summary>A picture of pixels, with what diagrams are drawn of.</summary>
internal sealed class Picture
{
    private readonly byte[] _pixels;

    public Picture(int width, int height)
    {
        Width = width;
        Height = height;
        _pixels = new byte[checked(width * height * 3)];
        _pixels.AsSpan().Fill(255);
    }

    public int Width { get; }

    public int Height { get; }

    public void WritePng(Stream stream) => PngWriter.Write(stream, Width, Height, _pixels);

    /// <summary>Fills a rectangle; what lies outside the picture is left out.</summary>
    public void Fill(int x, int y, int width, int height, Colour colour)
    {
        for (int row = Math.Max(y, 0); row < Math.Min(y + height, Height); row++)
        {
            for (int column = Math.Max(x, 0); column < Math.Min(x + width, Width); column++) Set(column, row, colour);
        }
    }

    /// <summary>Puts another picture at a place.</summary>
    public void Place(Picture other, int x, int y)
    {
        for (int row = 0; row < other.Height; row++)
        {
            for (int column = 0; column < other.Width; column++) Set(x + column, y + row, other.At((row * other.Width) + column));
        }
    }

    /// <summary>A frame of one pixel around a rectangle.</summary>
    public void Frame(int x, int y, int width, int height, Colour colour)
    {
        Fill(x - 1, y - 1, width + 2, 1, colour);
        Fill(x - 1, y + height, width + 2, 1, colour);
        Fill(x - 1, y, 1, height, colour);
        Fill(x + width, y, 1, height, colour);
    }

    /// <summary>Text whose first letter's top left corner is at a place.</summary>
    public void Text(int x, int y, string text, Colour colour, int scale = 1)
    {
        foreach (Rune letter in text.EnumerateRunes())
        {
            for (int pixel = 0; pixel < BitmapFont.Advance * BitmapFont.Height; pixel++)
            {
                (int row, int column) = Math.DivRem(pixel, BitmapFont.Advance);
                if (BitmapFont.HasInk(letter, column, row)) Fill(x + (column * scale), y + (row * scale), scale, scale, colour);
            }
            x += BitmapFont.Advance * scale;
        }
    }

    /// <summary>Text that runs upwards; its beginning is at (x, y), its letters' tops are to the left.</summary>
    public void TextUpwards(int x, int y, string text, Colour colour)
    {
        foreach (Rune letter in text.EnumerateRunes())
        {
            for (int pixel = 0; pixel < BitmapFont.Advance * BitmapFont.Height; pixel++)
            {
                (int row, int column) = Math.DivRem(pixel, BitmapFont.Advance);
                if (BitmapFont.HasInk(letter, column, row)) Fill(x + row, y - column, 1, 1, colour);
            }
            y -= BitmapFont.Advance;
        }
    }

    /// <summary>A line through points, smooth and without darker joints.</summary>
    /// <param name="points">In pixels.</param>
    /// <param name="width">Pixels of the line's width.</param>
    /// <param name="colour">Its colour.</param>
    public void Line(ReadOnlySpan<(double X, double Y)> points, double width, Colour colour)
    {
        var coverage = new Dictionary<int, double>();
        for (int i = 0; i < points.Length; i++) Cover(coverage, points[Math.Max(i - 1, 0)], points[i], width / 2);
        foreach ((int pixel, double part) in coverage) Set(pixel % Width, pixel / Width, At(pixel).Under(colour, part));
    }

    /// <summary>How much of each pixel lies within half a width of a segment, by the distance of its middle.</summary>
    private void Cover(Dictionary<int, double> coverage, (double X, double Y) from, (double X, double Y) to, double half)
    {
        double reach = half + 1, dx = to.X - from.X, dy = to.Y - from.Y, length = (dx * dx) + (dy * dy);
        int left = Math.Max(0, (int)Math.Floor(Math.Min(from.X, to.X) - reach)), right = Math.Min(Width - 1, (int)Math.Ceiling(Math.Max(from.X, to.X) + reach));
        int top = Math.Max(0, (int)Math.Floor(Math.Min(from.Y, to.Y) - reach)), bottom = Math.Min(Height - 1, (int)Math.Ceiling(Math.Max(from.Y, to.Y) + reach));
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double px = x + 0.5 - from.X, py = y + 0.5 - from.Y;
                double along = length == 0 ? 0 : Math.Clamp(((px * dx) + (py * dy)) / length, 0, 1);
                double distance = Math.Sqrt(Math.Pow(px - (along * dx), 2) + Math.Pow(py - (along * dy), 2));
                double part = Math.Clamp(half + 0.5 - distance, 0, 1);
                int pixel = (y * Width) + x;
                if (part > 0) coverage[pixel] = Math.Max(part, coverage.GetValueOrDefault(pixel));
            }
        }
    }

    private Colour At(int pixel) => new(_pixels[3 * pixel], _pixels[(3 * pixel) + 1], _pixels[(3 * pixel) + 2]);

    private void Set(int x, int y, Colour colour)
    {
        int at = 3 * ((y * Width) + x);
        _pixels[at] = colour.Red;
        _pixels[at + 1] = colour.Green;
        _pixels[at + 2] = colour.Blue;
    }
}
