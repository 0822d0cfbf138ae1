using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace NumericSuite;

/// <summary>Runs test classes and counts; one line for each test, and another for each of its rows that fails.</summary>
internal sealed class Suite(TextWriter output)
{
    private const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicParameterlessConstructor
        | DynamicallyAccessedMemberTypes.PublicMethods
        | DynamicallyAccessedMemberTypes.PublicProperties;

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Runs each test of the class on an instance of its own.</summary>
    public void Run<[DynamicallyAccessedMembers(Members)] TTests>()
        where TTests : new()
    {
        foreach (MethodInfo method in typeof(TTests).GetMethods())
        {
            if (method.GetCustomAttribute<FactAttribute>() is not { } fact) continue;
            if (fact.Skip is { } reason) output.WriteLine($"skip {typeof(TTests).Name}.{method.Name}: {reason}");
            else Run(method, typeof(TTests).Name, () => new TTests(), Rows(typeof(TTests), method));
        }
    }

    /// <summary>Runs one check and counts it.</summary>
    public void Check(string name, Action check)
    {
        try
        {
            check();
            Passed++;
            output.WriteLine($"ok   {name}");
        }
        catch (Exception exception)
        {
            Failed++;
            output.WriteLine($"FAIL {name}: {exception}");
        }
    }

    private void Run(MethodInfo method, string type, Func<object> create, IEnumerable<object?[]> rows)
    {
        foreach (object?[] row in rows)
        {
            Check($"{type}.{method.Name}({string.Join(", ", row)})", () =>
            {
                object instance = create();
                try
                {
                    method.Invoke(instance, BindingFlags.DoNotWrapExceptions, binder: null, Converted(row, method), culture: null);
                }
                finally
                {
                    (instance as IDisposable)?.Dispose();
                }
            });
        }
    }

    private static IEnumerable<object?[]> Rows(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, MethodInfo method)
    {
        if (method.GetCustomAttribute<MemberDataAttribute>() is { } data)
            return ((IEnumerable)type.GetProperty(data.Member)!.GetValue(null)!).Cast<object?>().Select(value => new[] { value });
        InlineDataAttribute[] inline = [.. method.GetCustomAttributes<InlineDataAttribute>()];
        return inline.Length > 0 ? inline.Select(row => row.Values) : [[]];
    }

    /// <summary>The values of a row as the types of the parameters: <c>1</c> may stand for <c>1.0</c>.</summary>
    private static object?[] Converted(object?[] row, MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        return [.. row.Select((value, index) => value is IConvertible && parameters[index].ParameterType is { IsPrimitive: true } type
            ? Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture)
            : value)];
    }
}
