namespace Transformer.Compiled.Tokenization;

/// <summary>Finds all pieces that a text begins with.</summary>
internal sealed class PieceTrie
{
    public const int Root = 0;

    private readonly Dictionary<(int Node, char Character), int> _children = [];
    private readonly List<int> _tokens = [-1];

    public void Add(string content, int token)
    {
        int node = Root;
        foreach (char character in content)
        {
            if (!_children.TryGetValue((node, character), out int child))
            {
                child = _tokens.Count;
                _tokens.Add(-1);
                _children.Add((node, character), child);
            }

            node = child;
        }

        _tokens[node] = token;
    }

    /// <summary>Goes from a node by one character.</summary>
    public bool TryStep(ref int node, char character) => _children.TryGetValue((node, character), out node);

    /// <summary>The piece that ends at a node, or -1.</summary>
    public int TokenAt(int node) => _tokens[node];

    /// <summary>The length of the longest piece that a text begins with, or 0.</summary>
    public int Longest(ReadOnlySpan<char> text, out int token)
    {
        token = -1;
        int longest = 0;
        int node = Root;
        for (int i = 0; i < text.Length && TryStep(ref node, text[i]); i++)
        {
            if (TokenAt(node) < 0) continue;
            token = TokenAt(node);
            longest = i + 1;
        }

        return longest;
    }
}
