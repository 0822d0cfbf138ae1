using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What the rotation of [rows, heads · headDim] is specialised by; the first rotaryDim elements of a head turn.</summary>
internal readonly record struct RotaryShape(Extent Rows, int Heads, int HeadDim, int RotaryDim, PairLayout Layout)
{
    public override string ToString() => $"{Rows}x{Heads}x{HeadDim}_{Layout}{RotaryDim}";
}

/// <summary>Which way a rotation turns.</summary>
internal enum Turn
{
    Forward,

    /// <summary>By the opposite angles: the gradient.</summary>
    Back,
}

/// <summary>
/// (y₁, y₂) = (x₁ cos − x₂ sin, x₂ cos + x₁ sin) for each pair of a head, the rest as it is. A thread has a pair, or an element of the rest; y
/// may be x.
/// </summary>
internal static class RotaryKernel
{
    public static PtxKernel Of(RotaryShape shape, Turn turn)
    {
        int pairs = shape.RotaryDim / 2, rest = shape.HeadDim - shape.RotaryDim, items = pairs + rest;
        string name = turn == Turn.Forward ? "Rotary" : "RotaryGradient", direction = turn == Turn.Forward ? "" : " back";
        ElementGrid grid = new(
            $"{name}_{shape}", $"y[{shape.Rows},{shape.Heads * shape.HeadDim}] = x turned{direction} by positions[{shape.Rows}]", shape.Rows, shape.Heads * items, 1);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), cosines = k.Buffer("cosines"), sines = k.Buffer("sines"), positions = k.Buffer("positions"), y = k.Buffer("y");
        (U32 row, U32 place) = grid.Begin();
        U32 head = k.Divide(place, items);
        U32 item = k.Subtract(place, k.Multiply(head, items));
        U32 start = k.Multiply(k.MultiplyAdd(row, shape.Heads, head), shape.HeadDim);
        if (rest == 0) TurnPair();
        else k.If(k.Less(item, pairs), TurnPair, CopyRest);
        return k.Build();

        void TurnPair()
        {
            U32 position = k.LoadWord(k.Element(positions, row));
            U32 angle = k.MultiplyAdd(position, pairs, item);
            F32 cosine = k.Load(k.Element(cosines, angle)), sine = k.Load(k.Element(sines, angle));
            if (turn == Turn.Back) sine = k.Negate(sine);
            bool isHalves = shape.Layout == PairLayout.Halves;
            U32 first = k.Add(start, isHalves ? item : k.Multiply(item, 2));
            int apart = isHalves ? pairs : 1;
            GlobalAddress source = k.Element(x, first), destination = k.Element(y, first);
            F32 x1 = k.Load(source), x2 = k.Load(source.Plus(apart));
            k.Store(destination, k.MultiplyAdd(k.Negate(x2), sine, k.Multiply(x1, cosine)));
            k.Store(destination.Plus(apart), k.MultiplyAdd(x1, sine, k.Multiply(x2, cosine)));
        }

        void CopyRest()
        {
            U32 index = k.Add(k.Add(start, item), pairs);
            k.Store(k.Element(y, index), k.Load(k.Element(x, index)));
        }
    }
}
