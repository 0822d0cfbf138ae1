namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Patterns of tensor names: <c>*</c> stands for any run of characters, <c>?</c> for one, everything else for itself.</summary>
internal static class NamePattern
{
    public static bool IsMatch(string name, string pattern)
    {
        int n = 0, p = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                n++;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
