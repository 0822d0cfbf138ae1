using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Xunit
{
    /// <summary>A test, by xunit's name: the suite runs xunit's test classes where xunit itself cannot be compiled ahead of time.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class FactAttribute : Attribute
    {
        public string? Skip { get; set; }
    }

    /// <summary>A test that is run once for each row of its data.</summary>
    public sealed class TheoryAttribute : FactAttribute;

    /// <summary>One row of a theory's data.</summary>
    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    public sealed class InlineDataAttribute(params object[] values) : Attribute
    {
        public object[] Values => values;
    }

    /// <summary>Names the static property with a theory's data.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class MemberDataAttribute(string member) : Attribute
    {
        public string Member => member;
    }

    /// <summary>The data of a theory with one parameter.</summary>
    public sealed class TheoryData<T> : List<T>;

    /// <summary>The assertions that the linked tests use.</summary>
    public static class Assert
    {
        public static void True(bool condition, string message = "The condition is false.")
        {
            if (!condition) Fail(message);
        }

        /// <summary>Equality of values, or of sequences element by element.</summary>
        public static void Equal<T>(T expected, T actual) =>
            True(AreEqual(expected, actual), $"Expected {expected}, found {actual}.");

        public static void Equal(double expected, double actual, double tolerance) =>
            True(Math.Abs(expected - actual) <= tolerance, $"Expected {expected:R} within {tolerance:R}, found {actual:R}.");

        public static void Equal<T>(T[] expected, T[] actual) => Equal(expected.AsSpan(), actual.AsSpan());

        public static void Equal<T>(T[] expected, ReadOnlySpan<T> actual) => Equal(expected, actual.ToArray());

        public static void Equal<T>(Span<T> expected, Span<T> actual)
        {
            Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                bool isEqual = EqualityComparer<T>.Default.Equals(expected[i], actual[i]);
                True(isEqual, $"Element {i}: expected {expected[i]}, found {actual[i]}.");
            }
        }

        public static void Equal<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) => Equal(expected.ToArray(), actual.ToArray());

        public static void NotEqual<T>(T unexpected, T actual) =>
            True(!EqualityComparer<T>.Default.Equals(unexpected, actual), $"Found {actual}, which it should not be.");

        public static void InRange<T>(T actual, T low, T high)
            where T : IComparable<T> =>
            True(actual.CompareTo(low) >= 0 && actual.CompareTo(high) <= 0, $"{actual} is not between {low} and {high}.");

        public static void All<T>(IEnumerable<T> values, Action<T> check)
        {
            foreach (T value in values) check(value);
        }

        public static void Empty<T>(IEnumerable<T> values)
        {
            foreach (T value in values) Fail($"No element was expected, but there is {value}.");
        }

        public static void DoesNotContain<T>(IEnumerable<T> values, Predicate<T> unwanted)
        {
            foreach (T value in values) True(!unwanted(value), $"Found {value}, which should not be there.");
        }

        public static void Contains<T>(T expected, IEnumerable<T> values) => True(values.Contains(expected), $"There is no {expected}.");

        public static void Contains<T>(IEnumerable<T> values, Predicate<T> wanted) =>
            True(values.Any(value => wanted(value)), "There is none that is wanted.");

        public static void Contains(string part, string text, StringComparison comparison) =>
            True(text.Contains(part, comparison), $"\"{text}\" does not contain \"{part}\".");

        public static T Throws<T>(Action action)
            where T : Exception
        {
            try
            {
                action();
            }
            catch (T expected)
            {
                return expected;
            }

            throw new Sdk.XunitException($"No {typeof(T).Name} was thrown.", null);
        }

        [DoesNotReturn]
        public static void Fail(string message) => throw new Sdk.XunitException(message, null);

        private static bool AreEqual<T>(T expected, T actual) => (expected, actual) is (IEnumerable first, IEnumerable second)
            ? first.Cast<object?>().SequenceEqual(second.Cast<object?>())
            : EqualityComparer<T>.Default.Equals(expected, actual);
    }
}

namespace Xunit.Sdk
{
    /// <summary>A check has failed.</summary>
    public sealed class XunitException(string message, Exception? inner) : Exception(message, inner);
}
