using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>What a rule reads: the operands of one operation, and the scalars of the run.</summary>
internal sealed class Operands(Operation operation, IValues values, RunState run)
{
    public RunState Run => run;

    public int Count => operation.Inputs.Length;

    public double[] this[int slot] => values.Read(operation.Inputs[slot]!);

    public double[] this[Index slot] => this[slot.GetOffset(Count)];

    /// <summary>The operand of a slot, or zeros of a shape where it is absent.</summary>
    public double[] OrZeros(int slot, Shape shape) => operation.Inputs[slot] is { } tensor ? values.Read(tensor) : new double[shape.Elements];

    public Shape Shape(int slot) => operation.Inputs[slot]!.Shape;

    /// <summary>Rows that this run has of a shape.</summary>
    public int Rows(Shape shape) => shape.IsBounded ? run.Rows : shape.Rows;

    public int Rows(int slot) => Rows(Shape(slot));

    /// <summary>A new value of the shape, zero.</summary>
    public static double[] Zeros(Shape shape) => new double[shape.Elements];

    /// <summary>A new value of an operand's shape, elementwise over the rows of this run.</summary>
    public double[] Map(int slot, Func<int, double> element)
    {
        Shape shape = Shape(slot);
        double[] result = Zeros(shape);
        int count = Rows(shape) * shape.Columns;
        for (int i = 0; i < count; i++) result[i] = element(i);
        return result;
    }
}
