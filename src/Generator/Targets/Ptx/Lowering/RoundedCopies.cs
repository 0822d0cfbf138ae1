using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// The launches of a program, and the rounded copies of activations and gradients among them: a copy is made before the first product of a phase that reads it, and
/// its memory is free behind the last one. Phases share no copies: a caller may leave out a phase, and what a forward pass would keep for the backward pass is larger than what it saves.
/// </summary>
internal sealed class RoundedCopies
{
    private readonly Dictionary<Operation, IReadOnlyList<PtxLaunch>> _launches = [];
    private readonly Dictionary<(Operation Reader, Tensor Factor), long> _offsets = [];

    /// <exception cref="NoKernelException">An operation has no kernel.</exception>
    public RoundedCopies(ProgramGraph program, PtxLowering lowering)
    {
        foreach (Phase phase in program.Phases) Lower([.. phase.Operations], lowering);
    }

    /// <summary>The size of the copies' memory.</summary>
    public long Floats { get; private set; }

    /// <summary>What an operation is done by, behind what makes the copies that it is the first to read.</summary>
    public IReadOnlyList<PtxLaunch> Launches(Operation operation) => _launches[operation];

    /// <summary>Where the copy that an operation reads begins, in floats.</summary>
    public long OffsetOf(Operation reader, Tensor factor) => _offsets[(reader, factor)];

    private static Tensor[] Factors(IEnumerable<PtxLaunch> launches) => [.. launches
        .SelectMany(launch => launch.Arguments).OfType<PtxArgument.Rounded>().Select(argument => argument.Factor).Where(factor => factor.Parameter is null).Distinct()];

    private static long FloatsOf(Tensor factor) => MemoryPlan.Align(RoundingKernels.PanelWords(PtxLowering.Rows(factor.Shape), factor.Shape.Columns));

    private void Lower(Operation[] operations, PtxLowering lowering)
    {
        IReadOnlyList<PtxLaunch>[] lowered = [.. operations.Select(operation => operation.LowerToPtx(lowering))];
        var lastReads = new Dictionary<Tensor, int>();
        for (int index = 0; index < operations.Length; index++)
        {
            foreach (Tensor factor in Factors(lowered[index])) lastReads[factor] = index;
        }

        var places = new Dictionary<Tensor, long>();
        var free = new FreeList();
        for (int index = 0; index < operations.Length; index++)
        {
            Tensor[] factors = Factors(lowered[index]);
            var made = new List<PtxLaunch>();
            foreach (Tensor factor in factors)
            {
                if (!places.ContainsKey(factor))
                {
                    places.Add(factor, free.Take(FloatsOf(factor)));
                    Floats = Math.Max(Floats, places[factor] + FloatsOf(factor));
                    made.Add(lowering.Rounding(factor));
                }

                _offsets.Add((operations[index], factor), places[factor]);
            }

            _launches.Add(operations[index], [.. made, .. lowered[index]]);
            foreach (Tensor factor in factors.Where(factor => lastReads[factor] == index)) free.Give(places[factor], FloatsOf(factor));
        }
    }
}
