using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs;

internal static class OperationTypes
{
    /// <summary>Every operation that a graph can have.</summary>
    public static IReadOnlyList<Type> All { get; } =
        [.. typeof(Operation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operation)) && !type.IsAbstract)];
}
