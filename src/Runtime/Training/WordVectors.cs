using System.Globalization;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>How much of a vocabulary had vectors.</summary>
/// <param name="Found">Rows of the embedding that were replaced.</param>
/// <param name="Missing">Rows that stayed as they were.</param>
public readonly record struct WordVectorCoverage(int Found, int Missing);

/// <summary>
/// Word vectors in the text format of word2vec (Mikolov et al. 2013), GloVe (Pennington et al. 2014) and fastText (Bojanowski et al. 2017): a line for each
/// word, the word and its numbers with spaces between; before them, but not in GloVe's files, a line with the number of words and their width.
/// </summary>
public sealed class WordVectors
{
    private readonly Dictionary<string, float[]> _vectors;

    private WordVectors(Dictionary<string, float[]> vectors, int width)
    {
        _vectors = vectors;
        Width = width;
    }

    /// <summary>Numbers of a vector.</summary>
    public int Width { get; }

    /// <summary>Words that were kept.</summary>
    public int Count => _vectors.Count;

    /// <summary>Reads a file, UTF-8.</summary>
    /// <param name="path">The text file; not the binary format.</param>
    /// <param name="words">The words to keep; null for all. Of a word that comes twice, the first vector counts.</param>
    /// <exception cref="InvalidDataException">A line does not have the format; the message names file, line and what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordVectors Read(string path, IEnumerable<string>? words = null)
    {
        using StreamReader reader = new(path);
        return Read(reader, path, words);
    }

    /// <summary>Reads lines.</summary>
    /// <param name="reader">The lines.</param>
    /// <param name="name">What errors call them.</param>
    /// <param name="words">The words to keep; null for all. Of a word that comes twice, the first vector counts.</param>
    /// <exception cref="InvalidDataException">A line does not have the format; the message names the line and what is wrong.</exception>
    public static WordVectors Read(TextReader reader, string name, IEnumerable<string>? words = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        HashSet<string>? kept = words is null ? null : [.. words];
        var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var place = new Place(name);
        long announced = -1;
        int width = 0;
        long read = 0;
        while (reader.ReadLine() is { } line)
        {
            place.Line++;
            ReadOnlySpan<char> text = line.AsSpan().TrimEnd(' ');
            if (place.Line == 1 && IsHeader(text, out announced, out width))
            {
                if (width == 0) throw place.Error("the vectors' width is 0");
                continue;
            }

            if (width == 0) width = FirstWidth(text, place);
            int end = WordEnd(text, width, place);
            read++;
            string word = text[..end].ToString();
            if (kept is not null && !kept.Contains(word)) continue;
            vectors.TryAdd(word, Numbers(text[end..], width, place));
        }

        if (width == 0) throw new InvalidDataException($"{name} has no word vectors.");
        if (announced >= 0 && read != announced) throw new InvalidDataException($"{name}, line 1: it announces {announced} words; {read} follow.");
        return new WordVectors(vectors, width);
    }

    /// <summary>The vector of a word, [<see cref="Width"/>]; false, and an empty one, for a word that has none.</summary>
    public bool TryGet(string word, out ReadOnlySpan<float> vector)
    {
        bool found = _vectors.TryGetValue(word, out float[]? numbers);
        vector = numbers;
        return found;
    }

    /// <summary>Replaces the rows of an embedding whose words have vectors.</summary>
    /// <param name="weights">The model; no session or trainer may hold it.</param>
    /// <param name="tensorName">The embedding's name in checkpoints, such as <c>embedding.tokens.weight</c>.</param>
    /// <param name="vocabulary">The word of each row, at most as many as it has.</param>
    /// <returns>How many of the vocabulary's words had vectors.</returns>
    /// <exception cref="ArgumentException">The tensor has another width, or fewer rows than there are words; or there is no tensor of that name.</exception>
    /// <exception cref="InvalidOperationException">A session or a trainer holds the weights.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public WordVectorCoverage CopyInto(ModelWeights weights, string tensorName, IReadOnlyList<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ReadOnlySpan<int> shape = weights.Shape(tensorName);
        if (shape.Length != 2 || shape[1] != Width)
            throw new ArgumentException($"'{tensorName}' is [{string.Join(", ", shape.ToArray())}]; the vectors are {Width} wide.", nameof(tensorName));
        if (vocabulary.Count > shape[0])
            throw new ArgumentException($"The vocabulary has {vocabulary.Count} words; '{tensorName}' has {shape[0]} rows.", nameof(vocabulary));

        float[] values = new float[shape[0] * (nint)Width];
        weights.Export(tensorName, values);
        int found = 0;
        for (int row = 0; row < vocabulary.Count; row++)
        {
            if (!_vectors.TryGetValue(vocabulary[row], out float[]? vector)) continue;
            vector.CopyTo(values.AsSpan(row * Width));
            found++;
        }

        weights.Import(tensorName, values);
        return new WordVectorCoverage(found, vocabulary.Count - found);
    }

    /// <summary>Two whole numbers and nothing else.</summary>
    private static bool IsHeader(ReadOnlySpan<char> line, out long words, out int width)
    {
        (words, width) = (-1, 0);
        int space = line.IndexOf(' ');
        if (space < 0 || !long.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out long count)) return false;
        if (!int.TryParse(line[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out width)) return false;
        words = count;
        return true;
    }

    private static int FirstWidth(ReadOnlySpan<char> line, Place place)
    {
        int width = line.Count(' ');
        return width > 0 ? width : throw place.Error("there are no numbers behind the word");
    }

    /// <summary>The numbers are the last fields: GloVe has words with spaces in them.</summary>
    private static int WordEnd(ReadOnlySpan<char> line, int width, Place place)
    {
        int end = line.Length;
        for (int number = 0; number < width; number++)
        {
            int space = line[..end].LastIndexOf(' ');
            if (space <= 0) throw place.Error($"there are {number} numbers behind the word; the vectors are {width} wide");
            end = space;
        }

        return end;
    }

    private static float[] Numbers(ReadOnlySpan<char> fields, int width, Place place)
    {
        float[] numbers = new float[width];
        for (int index = 0; index < width; index++)
        {
            fields = fields[1..];
            int end = fields.IndexOf(' ');
            ReadOnlySpan<char> field = end < 0 ? fields : fields[..end];
            bool isNumber = float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[index]) && float.IsFinite(numbers[index]);
            if (!isNumber) throw place.Error($"number {index + 1} is '{field}'");
            fields = end < 0 ? [] : fields[end..];
        }

        return numbers;
    }

    private sealed class Place(string name)
    {
        public long Line { get; set; }

        public InvalidDataException Error(string what) => new($"{name}, line {Line}: {what}.");
    }
}
