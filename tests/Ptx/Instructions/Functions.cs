namespace Transformer.Compiled.Ptx;

/// <summary>A function of one value.</summary>
internal interface IFunction<TA, TResult>
{
    static abstract TResult Invoke(TA a);
}

/// <summary>A function of two values.</summary>
internal interface IFunction<TA, TB, TResult>
{
    static abstract TResult Invoke(TA a, TB b);
}

/// <summary>A function of three values.</summary>
internal interface IFunction<TA, TB, TC, TResult>
{
    static abstract TResult Invoke(TA a, TB b, TC c);
}

/// <summary>result = f(a), lane by lane. Numbers are offsets in the register file.</summary>
internal sealed unsafe class Map<TFunction, TA, TResult>(int result, int a) : Operation
    where TFunction : IFunction<TA, TResult>
    where TA : unmanaged
    where TResult : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* r = warp.Registers + result, x = warp.Registers + a;
        if (mask == Warp.All)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++) Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane)));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane)));
        }
    }
}

/// <summary>result = f(a, b), lane by lane.</summary>
internal sealed unsafe class Map<TFunction, TA, TB, TResult>(int result, int a, int b) : Operation
    where TFunction : IFunction<TA, TB, TResult>
    where TA : unmanaged
    where TB : unmanaged
    where TResult : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* r = warp.Registers + result, x = warp.Registers + a, y = warp.Registers + b;
        if (mask == Warp.All)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++) Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane), Lane.Get<TB>(y, lane)));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane), Lane.Get<TB>(y, lane)));
        }
    }
}

/// <summary>result = f(a, b, c), lane by lane.</summary>
internal sealed unsafe class Map<TFunction, TA, TB, TC, TResult>(int result, int a, int b, int c) : Operation
    where TFunction : IFunction<TA, TB, TC, TResult>
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TResult : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* r = warp.Registers + result, x = warp.Registers + a, y = warp.Registers + b, z = warp.Registers + c;
        if (mask == Warp.All)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++)
                Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane), Lane.Get<TB>(y, lane), Lane.Get<TC>(z, lane)));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            Lane.Set(r, lane, TFunction.Invoke(Lane.Get<TA>(x, lane), Lane.Get<TB>(y, lane), Lane.Get<TC>(z, lane)));
        }
    }
}
