namespace Transformer.Compiled.Models.Entities;

/// <summary>A named entity: the words from <paramref name="First"/> to before <paramref name="End"/>.</summary>
internal readonly record struct Entity(string Type, int First, int End)
{
    /// <summary>The tag of a word that is in no entity.</summary>
    public const string Outside = "O";

    /// <summary>
    /// The entities that tags of words say. An entity begins at <c>B-type</c>, and also at an <c>I-type</c> (or a bare <c>type</c>) that follows
    /// another type or none, as conlleval reads tags; it ends before the next word that is not an <c>I</c> of its type.
    /// </summary>
    public static IReadOnlyList<Entity> FromTags(IReadOnlyList<string> tags)
    {
        List<Entity> entities = [];
        string type = Outside;
        int first = 0;
        for (int word = 0; word <= tags.Count; word++)
        {
            string tag = word < tags.Count ? tags[word] : Outside;
            string tagType = tag is ['B' or 'I', '-', ..] ? tag[2..] : tag;
            if (tagType == type && tag[0] != 'B') continue;
            if (type != Outside) entities.Add(new Entity(type, first, word));
            (type, first) = (tagType, word);
        }

        return entities;
    }
}
