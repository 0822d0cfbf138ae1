using System.Runtime.Intrinsics;
using Runtime.Tests;
using Transformer.Compiled.Kernels.Simd;

namespace NumericSuite;

/// <summary>The instruction sets that this build tests: ahead of time they are chosen when the program is published.</summary>
internal static class InstructionSetNames
{
    public static IReadOnlyList<string> Supported
    {
        get
        {
            var names = new List<string>();
            InstructionSets.ForEach(new Collector(names));
            return names;
        }
    }

    private readonly struct Collector(List<string> names) : IInstructionSetVisitor
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct => names.Add(typeof(TSimd).Name);
    }
}
