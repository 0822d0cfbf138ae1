using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// Writes a page that consists of ASCII alone, so that no text of a user can leave its place and no encoding can be mistaken: in JSON,
/// everything but plain ASCII is \u-escaped, and in HTML it is a character reference.
/// </summary>
internal sealed class PageStream(Stream stream)
{
    /// <summary>Divisible by 3, so that parts of base64 join without padding.</summary>
    private const int ChunkBytes = 49152;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private readonly byte[] _encoded = new byte[ChunkBytes / 3 * 4];
    private int _filled;

    /// <summary>Writes text of ours as it is; it is ASCII.</summary>
    public void Markup(string text) => stream.Write(Encoding.ASCII.GetBytes(text));

    /// <summary>Writes text of a user as text of an element.</summary>
    public void Html(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsPlain(rune.Value)) escaped.Append((char)rune.Value);
            else escaped.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
        }
        Markup(escaped.ToString());
    }

    /// <summary>Writes a JSON string that no HTML parser mistakes for anything else; surrogates without their pair stay what they are.</summary>
    public void Json(string text)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (char character in text)
        {
            if (IsPlain(character) && character != '\\') escaped.Append(character);
            else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }
        Markup(escaped.Append('"').ToString());
    }

    /// <summary>Writes values in base64 as little-endian half floats; those beyond their range are the largest half. <see cref="EndBase64"/> ends it.</summary>
    public void Base64Halves(ReadOnlySpan<float> values)
    {
        float largest = (float)Half.MaxValue;
        foreach (float value in values)
        {
            if (_filled == ChunkBytes) EndBase64();
            BinaryPrimitives.WriteHalfLittleEndian(_chunk.AsSpan(_filled), (Half)Math.Clamp(value, -largest, largest));
            _filled += sizeof(ushort);
        }
    }

    public void EndBase64()
    {
        Base64.EncodeToUtf8(_chunk.AsSpan(0, _filled), _encoded, out _, out int written);
        stream.Write(_encoded, 0, written);
        _filled = 0;
    }

    /// <summary>The source expression with which a content security policy allows one inline script or style.</summary>
    public static string HashSource(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static bool IsPlain(int character) => character is >= ' ' and < 0x7f and not ('<' or '>' or '&' or '"' or '\'');
}
