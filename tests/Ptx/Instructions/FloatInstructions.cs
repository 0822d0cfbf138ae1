namespace Transformer.Compiled.Ptx;

/// <summary>Floating-point arithmetic, rounded to the nearest even.</summary>
internal static class FloatInstructions
{
    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["fma"] = Fused;
        decoders["copysign"] = decoding => decoding.TakeType(PtxType.F32, PtxType.F64) == PtxType.F32
            ? IntegerInstructions.Binary<CopySign<float>, float>(decoding, PtxType.F32)
            : IntegerInstructions.Binary<CopySign<double>, double>(decoding, PtxType.F64);
        decoders["sqrt"] = decoding => RoundedOrApproximate<SquareRoot<float>, SquareRoot<double>, ApproximateSquareRoot>(decoding);
        decoders["rcp"] = decoding => RoundedOrApproximate<Reciprocal<float>, Reciprocal<double>, ApproximateReciprocal>(decoding);
        decoders["rsqrt"] = Approximate<ApproximateReciprocalSquareRoot>;
        decoders["ex2"] = Approximate<ApproximateExponential>;
        decoders["lg2"] = Approximate<ApproximateLogarithm>;
        decoders["sin"] = Approximate<ApproximateSine>;
        decoders["cos"] = Approximate<ApproximateCosine>;
        decoders["tanh"] = decoding =>
        {
            decoding.TakeOne("approx");
            decoding.TakeType(PtxType.F32);
            return new Approximation<ApproximateHyperbolicTangent>(decoding.Target(0, PtxType.F32), decoding.Source(1, PtxType.F32), FlushesSubnormals.No);
        };
    }

    /// <summary>The floating-point form of an opcode that integers have too; null if the instruction's type is not floating-point.</summary>
    public static Operation? TryArithmetic(Decoding decoding, string opcode)
    {
        string last = decoding.Instruction.Modifiers.Count > 0 ? decoding.Instruction.Modifiers[^1] : "";
        if (PtxTypes.Find(last) is not { } type || type.Kind() != PtxTypeKind.Float) return null;
        return opcode switch
        {
            "add" => Sum<Add<float>, Add<double>>(decoding),
            "sub" => Sum<Subtract<float>, Subtract<double>>(decoding),
            "mul" => Sum<Multiply<float>, Multiply<double>>(decoding),
            "mad" => Fused(decoding),
            "div" => Divide(decoding),
            "min" => Extreme<MinimumNumber, MinimumNaN, MinimumNumber64>(decoding),
            "max" => Extreme<MaximumNumber, MaximumNaN, MaximumNumber64>(decoding),
            "abs" => Sign<AbsoluteFloat<float>, AbsoluteFloat<double>>(decoding),
            _ => Sign<NegateFloat<float>, NegateFloat<double>>(decoding),
        };
    }

    private static Operation Sum<T32, T64>(Decoding decoding)
        where T32 : IFunction<float, float, float>
        where T64 : IFunction<double, double, double>
    {
        decoding.TakeAny("rn");
        bool flushes = decoding.Take("ftz"), saturates = decoding.Take("sat");
        var type = flushes || saturates ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Binary<T64, double>(decoding, type);
        return (flushes, saturates) switch
        {
            (false, false) => IntegerInstructions.Binary<T32, float>(decoding, type),
            (true, false) => IntegerInstructions.Binary<Flushed2<T32>, float>(decoding, type),
            (false, true) => IntegerInstructions.Binary<Saturated2<T32>, float>(decoding, type),
            _ => IntegerInstructions.Binary<Saturated2<Flushed2<T32>>, float>(decoding, type),
        };
    }

    private static Operation Fused(Decoding decoding)
    {
        decoding.TakeOne("rn");
        bool flushes = decoding.Take("ftz"), saturates = decoding.Take("sat");
        var type = flushes || saturates ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Ternary<FusedMultiplyAdd64, double>(decoding, type);
        return (flushes, saturates) switch
        {
            (false, false) => IntegerInstructions.Ternary<FusedMultiplyAdd32, float>(decoding, type),
            (true, false) => IntegerInstructions.Ternary<Flushed3<FusedMultiplyAdd32>, float>(decoding, type),
            (false, true) => IntegerInstructions.Ternary<Saturated3<FusedMultiplyAdd32>, float>(decoding, type),
            _ => IntegerInstructions.Ternary<Saturated3<Flushed3<FusedMultiplyAdd32>>, float>(decoding, type),
        };
    }

    private static Operation Divide(Decoding decoding)
    {
        string rounding = decoding.TakeOne("rn", "approx", "full");
        bool flushes = decoding.Take("ftz");
        var type = flushes || rounding != "rn" ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Binary<Quotient<double>, double>(decoding, type);
        if (rounding != "rn")
        {
            return new ApproximateQuotient(
                decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, type), flushes ? FlushesSubnormals.Yes : FlushesSubnormals.No,
                rounding == "approx" ? LargeDivisors.GiveZero : LargeDivisors.Divide);
        }

        return flushes ? IntegerInstructions.Binary<Flushed2<Quotient<float>>, float>(decoding, type) : IntegerInstructions.Binary<Quotient<float>, float>(decoding, type);
    }

    private static Operation Extreme<TNumber, TNaN, T64>(Decoding decoding)
        where TNumber : IFunction<float, float, float>
        where TNaN : IFunction<float, float, float>
        where T64 : IFunction<double, double, double>
    {
        bool flushes = decoding.Take("ftz"), keepsNaN = decoding.Take("NaN");
        var type = flushes || keepsNaN ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Binary<T64, double>(decoding, type);
        return (flushes, keepsNaN) switch
        {
            (false, false) => IntegerInstructions.Binary<TNumber, float>(decoding, type),
            (true, false) => IntegerInstructions.Binary<Flushed2<TNumber>, float>(decoding, type),
            (false, true) => IntegerInstructions.Binary<TNaN, float>(decoding, type),
            _ => IntegerInstructions.Binary<Flushed2<TNaN>, float>(decoding, type),
        };
    }

    private static Operation Sign<T32, T64>(Decoding decoding)
        where T32 : IFunction<float, float>
        where T64 : IFunction<double, double>
    {
        bool flushes = decoding.Take("ftz");
        var type = flushes ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Unary<T64, double>(decoding, type);
        return flushes ? IntegerInstructions.Unary<Flushed1<T32>, float>(decoding, type) : IntegerInstructions.Unary<T32, float>(decoding, type);
    }

    private static Operation RoundedOrApproximate<T32, T64, TApproximation>(Decoding decoding)
        where T32 : IFunction<float, float>
        where T64 : IFunction<double, double>
        where TApproximation : IApproximation
    {
        string rounding = decoding.TakeOne("rn", "approx");
        bool flushes = decoding.Take("ftz");
        if (rounding == "approx") return Approximate<TApproximation>(decoding, flushes);
        var type = flushes ? decoding.TakeType(PtxType.F32) : decoding.TakeType(PtxType.F32, PtxType.F64);
        if (type == PtxType.F64) return IntegerInstructions.Unary<T64, double>(decoding, type);
        return flushes ? IntegerInstructions.Unary<Flushed1<T32>, float>(decoding, type) : IntegerInstructions.Unary<T32, float>(decoding, type);
    }

    private static Approximation<TApproximation> Approximate<TApproximation>(Decoding decoding)
        where TApproximation : IApproximation
    {
        decoding.TakeOne("approx");
        return Approximate<TApproximation>(decoding, decoding.Take("ftz"));
    }

    private static Approximation<TApproximation> Approximate<TApproximation>(Decoding decoding, bool flushes)
        where TApproximation : IApproximation
    {
        decoding.TakeType(PtxType.F32);
        return new(decoding.Target(0, PtxType.F32), decoding.Source(1, PtxType.F32), flushes ? FlushesSubnormals.Yes : FlushesSubnormals.No);
    }
}
