using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Threading;

namespace Runtime.Tests;

/// <summary>Code to run once for each instruction set: C# has no generic lambdas.</summary>
internal interface IInstructionSetVisitor
{
    void Visit<TSimd, V>()
        where TSimd : struct, ISimd<V>
        where V : struct;
}

/// <summary>The instruction sets that this machine can run, for tests that must pass on each of them.</summary>
internal static class InstructionSets
{
    /// <summary>Runs the visitor for each supported instruction set; a failure names the one it happened on.</summary>
    public static void ForEach<TVisitor>(TVisitor visitor)
        where TVisitor : IInstructionSetVisitor
    {
        Visit<TVisitor, Portable, Vector128<float>>(visitor);
        Visit<TVisitor, Avx2, Vector256<float>>(visitor);
        Visit<TVisitor, Avx512, Vector512<float>>(visitor);
    }

    /// <summary>
    /// Runs the action for each supported instruction set; kernels that it calls with <see cref="Chosen"/> as their
    /// instructions run on that set.
    /// </summary>
    public static void ForEach(Action action)
    {
        try
        {
            ForEach(new Choosing(action));
        }
        finally
        {
            Chosen.Current = null;
        }
    }

    private static void Visit<TVisitor, TSimd, V>(TVisitor visitor)
        where TVisitor : IInstructionSetVisitor
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (!TSimd.IsSupported) return;
        try
        {
            visitor.Visit<TSimd, V>();
        }
        catch (Exception exception)
        {
            throw new Xunit.Sdk.XunitException($"On {typeof(TSimd).Name}: {exception.Message}", exception);
        }
    }

    private readonly struct Choosing(Action action) : IInstructionSetVisitor
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            Chosen.Current = typeof(TSimd);
            action();
        }
    }
}

/// <summary>The instruction set that <see cref="InstructionSets.ForEach(Action)"/> is at, for kernels that take one.</summary>
internal readonly struct Chosen : IInstructions
{
    [ThreadStatic]
    internal static Type? Current;

    public static void Run<TKernel>(ComputeTeam team, TKernel kernel, int tiles)
        where TKernel : unmanaged, ITiledKernel
    {
        if (Current == typeof(Avx512)) Only<Avx512, Vector512<float>>.Run(team, kernel, tiles);
        else if (Current == typeof(Avx2)) Only<Avx2, Vector256<float>>.Run(team, kernel, tiles);
        else if (Current == typeof(Portable)) Only<Portable, Vector128<float>>.Run(team, kernel, tiles);
        else throw new InvalidOperationException("Kernels with chosen instructions run inside InstructionSets.ForEach.");
    }
}
