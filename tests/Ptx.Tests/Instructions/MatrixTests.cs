namespace Transformer.Compiled.Ptx.Tests;

/// <summary>
/// <c>mma.sync</c> and <c>ldmatrix</c> on random numbers, against a plain product of matrices. The fragments are laid out here from the tables of the PTX ISA, element by
/// element, and not with the interpreter's code.
/// </summary>
public sealed class MatrixTests
{
    private readonly Random _random = new(7);

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((_random.NextDouble() * 4) - 2))];

    private static float BFloat16(float value) => TestKernel.Single(TestKernel.Bits(value) & 0xFFFF0000);

    private static float TensorFloat(float value) => TestKernel.Single(TestKernel.Bits(value) & 0xFFFFE000);

    private static float Half(float value) => (float)(System.Half)value;

    private static uint Pair(float low, float high, string type) => type == "bf16"
        ? TestKernel.Bits(high) & 0xFFFF0000 | TestKernel.Bits(low) >> 16
        : (uint)BitConverter.HalfToUInt16Bits((System.Half)high) << 16 | BitConverter.HalfToUInt16Bits((System.Half)low);

    [Theory]
    [InlineData(4, "tf32", 2, 1)]
    [InlineData(8, "tf32", 4, 2)]
    [InlineData(8, "bf16", 2, 1)]
    [InlineData(16, "bf16", 4, 2)]
    [InlineData(8, "f16", 2, 1)]
    [InlineData(16, "f16", 4, 2)]
    public void AProductIsThatOfItsMatrices(int inner, string type, int leftRegisters, int rightRegisters)
    {
        Func<float, float> round = type switch { "tf32" => TensorFloat, "bf16" => BFloat16, _ => Half };
        float[] a = [.. Numbers(16 * inner).Select(round)], b = [.. Numbers(inner * 8).Select(round)], c = Numbers(16 * 8);
        uint[] left = new uint[leftRegisters * 32], right = new uint[rightRegisters * 32], sums = new uint[4 * 32];
        for (int lane = 0; lane < 32; lane++)
        {
            int group = lane >> 2, thread = lane & 3;
            for (int register = 0; register < leftRegisters; register++)
            {
                int row = register is 0 or 2 ? group : group + 8;
                int column = type == "tf32" ? thread + (register >= 2 ? 4 : 0) : (thread * 2) + (register >= 2 ? 8 : 0);
                left[(register * 32) + lane] = type == "tf32" ? TestKernel.Bits(a[(row * inner) + column]) : Pair(a[(row * inner) + column], a[(row * inner) + column + 1], type);
            }

            for (int register = 0; register < rightRegisters; register++)
            {
                int row = type == "tf32" ? thread + (register * 4) : (thread * 2) + (register * 8);
                right[(register * 32) + lane] = type == "tf32" ? TestKernel.Bits(b[(row * 8) + group]) : Pair(b[(row * 8) + group], b[((row + 1) * 8) + group], type);
            }

            for (int register = 0; register < 4; register++) sums[(register * 32) + lane] = TestKernel.Bits(c[SumAt(group, thread, register)]);
        }

        string list(string name, int count) => string.Join(", ", Enumerable.Range(0, count).Select(index => $"{name}{index}"));
        string loads(string name, int first, string address, int count) =>
            string.Concat(Enumerable.Range(0, count).Select(index => $"    ld.global.b32 {name}{first + index}, [{address}+{index * 128}];\n"));
        string body = """
                ld.param.u64 %q0, [p0];
                ld.param.u64 %q1, [p1];
                ld.param.u64 %q2, [p2];
                ld.param.u64 %q3, [p3];
                mov.u32 %r60, %laneid;
                mul.wide.u32 %q4, %r60, 4;
                add.u64 %q0, %q0, %q4;
                add.u64 %q1, %q1, %q4;
                add.u64 %q2, %q2, %q4;
                add.u64 %q3, %q3, %q4;

            """ + loads("%r", 0, "%q1", leftRegisters) + loads("%r1", 0, "%q2", rightRegisters) + loads("%f", 0, "%q3", 4)
            + $"    mma.sync.aligned.m16n8k{inner}.row.col.f32.{type}.{type}.f32 {{%f4, %f5, %f6, %f7}}, {{{list("%r", leftRegisters)}}}, {{{list("%r1", rightRegisters)}}}, {{{list("%f", 4)}}};\n"
            + string.Concat(Enumerable.Range(0, 4).Select(index => $"    st.global.f32 [%q0+{index * 128}], %f{4 + index};\n"));
        uint[] values = TestKernel.Run(body, 128, new Dim3(1), new Dim3(32), [left, right, sums]);

        for (int lane = 0; lane < 32; lane++)
        {
            for (int register = 0; register < 4; register++)
            {
                int at = SumAt(lane >> 2, lane & 3, register);
                double expected = c[at] + Enumerable.Range(0, inner).Sum(k => (double)a[(at / 8 * inner) + k] * b[(k * 8) + (at % 8)]);
                Assert.Equal(expected, TestKernel.Single(values[(register * 32) + lane]), 1e-4);
            }
        }
    }

    private static int SumAt(int group, int thread, int register) => ((register < 2 ? group : group + 8) * 8) + (thread * 2) + (register & 1);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public void MatricesAreLoadedByRowsOrColumns(int count, bool isTransposed)
    {
        // 32 rows of 8 elements, each named by its place; rows lie 32 bytes apart, in another order than the lanes that name them.
        uint[] memory = new uint[32 * 8];
        for (int row = 0; row < 32; row++)
            for (int word = 0; word < 4; word++) memory[(row * 8) + word] = (uint)((row * 8) + (word * 2) + ((row * 8) + (word * 2) + 1 << 16));
        string registers = string.Join(", ", Enumerable.Range(8, count).Select(index => $"%r{index}"));
        uint[] values = TestKernel.Run($$"""
                ld.param.u64 %q0, [p0];
                ld.param.u64 %q1, [p1];
                mov.u32 %r0, %laneid;
                mul.wide.u32 %q2, %r0, 32;
                add.u64 %q1, %q1, %q2;
                ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%q1];
                mov.u32 %r5, tile;
                mad.lo.u32 %r6, %r0, 32, %r5;
                st.shared.v4.u32 [%r6], {%r1, %r2, %r3, %r4};
                bar.sync 0;
                xor.b32 %r7, %r0, 3;
                mad.lo.u32 %r6, %r7, 32, %r5;
                ldmatrix.sync.aligned.m8n8.x{{count}}{{(isTransposed ? ".trans" : "")}}.shared.b16 {{{registers}}}, [%r6];
                mul.wide.u32 %q2, %r0, 4;
                add.u64 %q0, %q0, %q2;
            {{string.Concat(Enumerable.Range(0, count).Select(index => $"    st.global.u32 [%q0+{index * 128}], %r{8 + index};\n"))}}
            """, count * 32, new Dim3(1), new Dim3(32), [memory], module: ".shared .align 32 .b8 tile[1024];");
        for (int matrix = 0; matrix < count; matrix++)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                uint value = values[(matrix * 32) + lane];
                for (int half = 0; half < 2; half++)
                {
                    int row = isTransposed ? (lane % 4 * 2) + half : lane / 4, column = isTransposed ? lane / 4 : (lane % 4 * 2) + half;
                    int named = ((matrix * 8) + row) ^ 3;
                    Assert.Equal((uint)((named * 8) + column), value >> (half * 16) & 0xFFFF);
                }
            }
        }
    }

    [Fact]
    public void AllThreadsOfAWarpHaveToTakePart()
    {
        var fault = TestKernel.Fails("""
                mov.u32 %r0, 1;
                mov.f32 %f0, 0f00000000;
                mov.u32 %r1, %laneid;
                setp.eq.u32 %p0, %r1, 0;
                @%p0 exit;
                mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%f1, %f2, %f3, %f4}, {%r0, %r0}, {%r0}, {%f0, %f0, %f0, %f0};
            """);
        Assert.Contains("executes this in the lanes 0xFFFFFFFE only; expected all 32", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.tf32.tf32.f32 {%f0, %f1, %f2, %f3}, {%r0, %r1, %r2, %r3}, {%r4, %r5}, {%f0, %f1, %f2, %f3};", "there is no product")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f0, %f1, %f2, %f3}, {%r0, %r1}, {%r4, %r5}, {%f0, %f1, %f2, %f3};", "expected 4 elements")]
    [InlineData("mma.sync.aligned.m16n8k16.row.row.f32.bf16.bf16.f32 {%f0, %f1, %f2, %f3}, {%r0, %r1, %r2, %r3}, {%r4, %r5}, {%f0, %f1, %f2, %f3};", "expected '.col'")]
    [InlineData("mma.sync.m16n8k8.row.col.f32.tf32.tf32.f32 {%f0, %f1, %f2, %f3}, {%r0, %r1, %r2, %r3}, {%r4, %r5}, {%f0, %f1, %f2, %f3};", "expected '.aligned'")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0, %r1}, [%r2];", "expected 4 elements")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.global.b16 {%r0, %r1, %r2, %r3}, [%q2];", "matrices are loaded from shared memory")]
    public void WrongProductsAreRefused(string instruction, string expected)
    {
        using var machine = new PtxMachine();
        Assert.Contains(expected, Assert.Throws<PtxException>(() => machine.Check(PtxModule.Parse(TestKernel.Text(instruction)))).Message, StringComparison.Ordinal);
    }
}
