using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Models;

/// <summary>One <c>--name VALUE</c> of a program, or, without a value's name, one <c>--name</c>.</summary>
internal sealed record CommandOption(string Name, string? Value, string Description);

/// <summary>The arguments do not fit the program's options; the message says how.</summary>
internal sealed class CommandLineException(string message) : Exception(message);

/// <summary>
/// A program's arguments: <c>--name VALUE</c> or <c>--name=VALUE</c>, each at most once. Written by hand because a library for it would be the
/// larger half of an ahead-of-time compiled program.
/// </summary>
internal sealed class CommandLine
{
    private const string Help = "--help";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CommandLine()
    {
    }

    /// <summary>Reads the arguments; null if they ask for help.</summary>
    /// <exception cref="CommandLineException">An option is unknown, repeated or lacks its value.</exception>
    public static CommandLine? Parse(ReadOnlySpan<string> arguments, ReadOnlySpan<CommandOption> options)
    {
        var line = new CommandLine();
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument is Help or "-h") return null;
            int equals = argument.IndexOf('=');
            string name = equals < 0 ? argument : argument[..equals];
            string value = "";
            if (Find(name, options).Value is not null)
            {
                if (equals < 0 && index + 1 == arguments.Length) throw new CommandLineException($"{name} needs a value.");
                value = equals < 0 ? arguments[++index] : argument[(equals + 1)..];
            }
            else if (equals >= 0)
            {
                throw new CommandLineException($"{name} takes no value.");
            }

            if (!line._values.TryAdd(name, value)) throw new CommandLineException($"{name} is given twice.");
        }

        return line;
    }

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Usage(string summary, ReadOnlySpan<CommandOption> options)
    {
        var text = new StringBuilder(summary).Append("\n\nOptions:\n");
        foreach (CommandOption option in options)
            text.Append(CultureInfo.InvariantCulture, $"  {$"{option.Name} {option.Value}",-24}{option.Description}\n");
        return text.Append(CultureInfo.InvariantCulture, $"  {Help,-24}Shows this.\n").ToString();
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string RequiredText(string name) => Text(name) ?? throw new CommandLineException($"{name} is missing.");

    /// <summary>The value of an option, or the text of the file that another one names; one of them has to be given.</summary>
    public string TextOrFile(string text, string file) => (Text(text), Text(file)) switch
    {
        ({ } given, null) => given,
        (null, { } path) => File.ReadAllText(path),
        (null, null) => throw new CommandLineException($"{text} or {file} is missing."),
        _ => throw new CommandLineException($"{text} and {file} are given; one of them is enough."),
    };

    /// <summary>The value of an option as a number of at least <paramref name="least"/>.</summary>
    public T Number<T>(string name, T otherwise, T least)
        where T : struct, ISpanParsable<T>, IComparable<T>
    {
        if (Text(name) is not { } text) return otherwise;
        return T.TryParse(text, CultureInfo.InvariantCulture, out T value) && value.CompareTo(least) >= 0
            ? value
            : throw new CommandLineException($"{name} is '{text}'; it has to be a number of at least {least}.");
    }

    /// <summary>The value of an option as a number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public T Number<T>(string name, T otherwise, T least, T most)
        where T : struct, ISpanParsable<T>, IComparable<T>
    {
        T value = Number(name, otherwise, least);
        return value.CompareTo(most) <= 0
            ? value
            : throw new CommandLineException($"{name} is '{value}'; it has to be a number from {least} to {most}.");
    }

    private static CommandOption Find(string name, ReadOnlySpan<CommandOption> options)
    {
        foreach (CommandOption option in options)
        {
            if (option.Name == name) return option;
        }

        throw new CommandLineException($"There is no option '{name}'.");
    }
}
