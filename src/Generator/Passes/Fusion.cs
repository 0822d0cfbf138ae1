using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>Moves elementwise work into the kernel that makes its operand, where nothing else reads that operand.</summary>
internal static class Fusion
{
    /// <summary>y = a + f(x) becomes one operation. Runs before differentiation, whose rules know addends.</summary>
    public static void FuseAddends(ProgramGraph program)
    {
        Dictionary<Operation, int> order = Order(program);
        foreach (Add add in program.Operations.OfType<Add>().ToArray())
        {
            Tensor a = add.Inputs[0]!, b = add.Inputs[1]!;
            if (b.Producer is not { Addend: null } producer || producer is not IFusesAddend fusible || b.Consumers.Count != 1) continue;
            if (a.Producer is { } before && order[before] >= order[producer]) continue;
            program.Remove(add);
            Operation fused = fusible.WithAddend(a, add.Y);
            program.Replace(producer, fused);
            order[fused] = order[producer];
        }
    }

    /// <summary>
    /// act(x · Wᵀ + b) becomes one operation. Runs after differentiation: where a backward pass reads the argument, the two stay apart.
    /// </summary>
    public static void FuseActivations(ProgramGraph program)
    {
        foreach (Activate activate in program.Operations.OfType<Activate>().ToArray())
        {
            Tensor x = activate.Inputs[0]!;
            if (x.Producer is not Linear { Activation: null, Addend: null } linear || x.Consumers.Count != 1) continue;
            program.Remove(activate);
            program.Replace(linear, linear.WithActivation(activate.Activation, activate.Y));
        }
    }

    private static Dictionary<Operation, int> Order(ProgramGraph program)
    {
        var order = new Dictionary<Operation, int>();
        foreach (Operation operation in program.Operations) order.Add(operation, order.Count);
        return order;
    }
}
