using Transformer.Compiled.Generator.Targets.Ptx;

namespace Generator.Tests.Ptx;

public sealed class PtxBuilderTests
{
    [Fact]
    public void WhatIsKnownCostsNoInstruction()
    {
        string text = Body(k =>
        {
            U32 index = k.Add(k.Multiply(k.Add(k.Thread, 0), 1), k.Divide((U32)15, 16));
            k.StoreWord(k.Buffer("y"), k.MultiplyAdd(index, k.Remainder(5, 4), 2));
        });
        Assert.Equal(["add.u32 %r1, %r0, 2;", "st.global.u32 [%rd1], %r1;"], text.Split('\n'));
    }

    [Fact]
    public void PowersOfTwoAreShiftsAndMasks()
    {
        string text = Body(k =>
        {
            k.StoreWord(k.Buffer("y"), k.Divide(k.Thread, 32));
            k.StoreWord(k.Buffer("z").Plus(3), k.Remainder(k.Multiply(k.Thread, 8), 4));
            k.StoreWord(k.Buffer("w").Plus(-1), k.Divide(k.Thread, 7));
        });
        Assert.Contains("shr.u32 %r1, %r0, 5;", text);
        Assert.Contains("shl.b32 %r2, %r0, 3;", text);
        Assert.Contains("and.b32 %r3, %r2, 3;", text);
        Assert.Contains("[%rd3+12]", text);
        Assert.Contains("[%rd5-4]", text);
        Assert.Contains("div.u32 %r4, %r0, 7;", text);
    }

    [Theory]
    [InlineData(1f, "0f3F800000")]
    [InlineData(-0f, "0f80000000")]
    [InlineData(float.NegativeInfinity, "0fFF800000")]
    [InlineData(float.Epsilon, "0f00000001")]
    public void FloatsAreWrittenFromTheirBits(float value, string literal) =>
        Assert.Equal($"st.global.f32 [%rd1], {literal};", Body(k => k.Store(k.Buffer("y"), value)));

    [Fact]
    public void LongIntegersArePairsOfWordsInMemory()
    {
        string text = Body(k =>
        {
            U64 sum = k.Multiply(k.Pack(k.Thread, 7), ulong.MaxValue);
            (U32 low, U32 high) = k.Unpack(k.ShuffleUp(sum, 4));
            k.StoreWord(k.Buffer("y"), k.Add(low, high));
        });
        Assert.Equal(
            [
                "mov.b64 %rd0, {%r0, 7};", "mul.lo.u64 %rd1, %rd0, 18446744073709551615U;", "mov.b64 {%r1, %r2}, %rd1;",
                "shfl.sync.up.b32 %r3, %r1, 4, 0, 0xffffffff;", "shfl.sync.up.b32 %r4, %r2, 4, 0, 0xffffffff;", "mov.b64 %rd2, {%r3, %r4};",
                "mov.b64 {%r5, %r6}, %rd2;", "add.u32 %r7, %r5, %r6;", "st.global.u32 [%rd4], %r7;",
            ],
            text.Split('\n'));
    }

    [Fact]
    public void ALoopThatRunsOnceIsItsBodyAndOneThatNeverRunsIsNothing()
    {
        string text = Body(k =>
        {
            GlobalAddress y = k.Buffer("y");
            k.For(0, 8, 8, index => k.StoreWord(y, index));
            k.For(8, 8, 1, index => k.StoreWord(y, index));
        });
        Assert.Equal("st.global.u32 [%rd1], 0;", text);
    }

    [Fact]
    public void LoopsAndBranchesAreIndentedBlocksWithLabelsOfTheirOwn()
    {
        string text = Body(k =>
        {
            GlobalAddress y = k.Buffer("y");
            U32 thread = k.Thread;
            k.For(thread, 100, 32, index => k.If(
                k.Less(index, 50),
                () => k.StoreWord(y, 1),
                () => k.StoreWord(y, 2)));
        });
        string[] expected =
        [
            "mov.u32 %r1, %r0;",
            "setp.ge.u32 %p0, %r1, 100;",
            "@%p0 bra $end1;",
            "$loop0:",
            "setp.lt.u32 %p1, %r1, 50;",
            "@!%p1 bra $else2;",
            "st.global.u32 [%rd1], 1;",
            "bra $end3;",
            "$else2:",
            "st.global.u32 [%rd1], 2;",
            "$end3:",
            "add.u32 %r1, %r1, 32;",
            "setp.lt.u32 %p2, %r1, 100;",
            "@%p2 bra $loop0;",
            "$end1:",
        ];
        Assert.Equal(expected, text.Split('\n').Select(line => line.Trim()));
    }

    [Fact]
    public void ValuesThatEnterALoopLiveToItsEnd()
    {
        PtxKernel straight = Kernel(k => Sums(k, 1)), looped = Kernel(k => Sums(k, 100));
        Assert.True(looped.LiveRegisters > straight.LiveRegisters, $"{looped.LiveRegisters} with a loop, {straight.LiveRegisters} without.");

        static void Sums(PtxBuilder k, int count)
        {
            GlobalAddress x = k.Buffer("x"), y = k.Buffer("y");
            F32 a = k.Load(x), b = k.Load(x.Plus(1)), sum = k.Variable(0f);
            k.For(0, count, 1, _ => k.MultiplyAddTo(sum, a, b));
            k.Store(y, sum);
        }
    }

    [Fact]
    public void EightSumsAtOnceAreEightRegistersAndAnAddress()
    {
        PtxKernel kernel = Kernel(k =>
        {
            GlobalAddress x = k.Buffer("x");
            F32[] values = [.. Enumerable.Range(0, 8).Select(i => k.Load(x.Plus(i)))];
            for (int i = 0; i < 8; i++) k.Store(x.Plus(i), values[i]);
        });
        Assert.Equal(8 + 2, kernel.LiveRegisters);
    }

    [Fact]
    public void SharedArraysAreDeclaredApartAndTheirBytesAreAddedUp()
    {
        PtxKernel kernel = Kernel(k =>
        {
            SharedAddress a = k.Shared("a", 5), b = k.Shared("b", 8);
            k.Store(k.Element(a, k.Thread), 1f);
            k.Barrier();
            k.Store(k.Buffer("y"), k.Load(b.Plus(2)));
        });
        Assert.Equal(32 + 32, kernel.SharedBytes);
        Assert.Contains(".shared .align 16 .b8 a[20];\n    .shared .align 16 .b8 b[32];", kernel.Text);
        Assert.Contains("ld.shared.f32 %f0, [b+8];", kernel.Text);
    }

    [Fact]
    public void ParametersAreInTheOrderOfTheirDeclaration()
    {
        PtxKernel kernel = Kernel(k =>
        {
            GlobalAddress x = k.Buffer("x");
            U32 site = k.WordParameter("site");
            k.StoreWord(x, k.Add(site, new ControlBlock(k).Word(ControlField.Step)));
        });
        Assert.Equal([new("x", PtxParameterKind.Address), new("site", PtxParameterKind.Word), new PtxParameter("control", PtxParameterKind.Address)], kernel.Parameters);
        Assert.Contains("(\n    .param .u64 x,\n    .param .u32 site,\n    .param .u64 control)\n.maxntid 32, 1, 1\n", kernel.Text);
        Assert.Contains($"ld.global.u32 %r1, [%rd3+{4 * (int)ControlField.Step}];", kernel.Text);
    }

    [Fact]
    public void WhatCannotBeWrittenIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Kernel(k => k.Comment("x · y")));
        Assert.Throws<ArgumentException>(() => Kernel(k => k.Assign((U32)1, 2)));
        Assert.Throws<ArgumentException>(() => Kernel(k =>
        {
            k.Shared("a", 1);
            k.Shared("a", 1);
        }));
        Assert.Throws<ArgumentException>(() => new PtxBuilder("k", "", new LaunchSize(1), new LaunchSize(1025)));
        Assert.Throws<ArgumentException>(() => new PtxBuilder("k", "", new LaunchSize(1, 65536), new LaunchSize(32)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PtxBuilder.Unroll(65, _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => (U32)(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Extent.Of(1 << 20).CheckedCount(1 << 11));
    }

    [Fact]
    public void AModuleHasEachKernelOnceAndNoTwoOfOneName()
    {
        PtxKernel one = Kernel(k => k.Store(k.Buffer("y"), 1f)), two = Kernel(k => k.Store(k.Buffer("y"), 2f));
        string text = PtxModuleText.Of([one, one]);
        Assert.StartsWith(".version 7.0\n.target sm_80\n.address_size 64\n\n// nothing\n", text);
        Assert.Equal(2, text.Split(".visible .entry").Length);
        Assert.Throws<ArgumentException>(() => PtxModuleText.Of([one, two]));
    }

    private static PtxKernel Kernel(Action<PtxBuilder> body)
    {
        var k = new PtxBuilder("kernel", "nothing", new LaunchSize(1), new LaunchSize(32));
        body(k);
        return k.Build();
    }

    /// <summary>The lines after the prologue and before the return.</summary>
    private static string Body(Action<PtxBuilder> body)
    {
        string[] lines = Kernel(body).Text.Split('\n');
        return string.Join('\n', lines
            .SkipWhile(line => line.Length > 0).Skip(1).TakeWhile(line => line.Trim() != "ret;").Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)
            .Where(line => !line.StartsWith("ld.param", StringComparison.Ordinal) && !line.StartsWith("cvta", StringComparison.Ordinal) && !line.Contains("%tid")));
    }
}
