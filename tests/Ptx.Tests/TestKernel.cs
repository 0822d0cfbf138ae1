using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Writes small kernels about a body and runs them.</summary>
internal static class TestKernel
{
    public const string Header = ".version 7.0\n.target sm_80\n.address_size 64\n";

    /// <summary>Registers that bodies find declared: %p, %h (16 bits), %r, %q (64 bits), %f, %d.</summary>
    private const string Registers = """
        .reg .pred %p<16>;
        .reg .b16 %h<16>;
        .reg .b32 %r<64>;
        .reg .b64 %q<32>;
        .reg .f32 %f<64>;
        .reg .f64 %d<16>;
        """;

    /// <summary>A kernel 'test' with the parameters p0, p1, …; line 1 of the body is on line 13 + declarations of the module.</summary>
    public static string Text(string body, int parameters = 1, string module = "") => $$"""
        {{Header}}{{module}}
        .visible .entry test({{string.Join(", ", Enumerable.Range(0, parameters).Select(index => $".param .u64 p{index}"))}})
        {
        {{Registers}}
        {{body}}
            ret;
        }
        """;

    public static byte[] Parameters(params ReadOnlySpan<ulong> values) => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Runs a body that writes an array of words to the address in p0; inputs are at p1, p2, ….</summary>
    public static uint[] Run(string body, int words, Dim3 grid, Dim3 block, uint[][]? inputs = null, PtxMachineOptions? options = null, string module = "", int dynamicBytes = 0)
    {
        using var machine = new PtxMachine(options);
        return Run(machine, body, words, grid, block, inputs, module, dynamicBytes);
    }

    public static uint[] Run(PtxMachine machine, string body, int words, Dim3 grid, Dim3 block, uint[][]? inputs = null, string module = "", int dynamicBytes = 0)
    {
        inputs ??= [];
        ulong result = machine.Memory.Allocate(words * 4);
        var addresses = new List<ulong> { result };
        foreach (uint[] input in inputs)
        {
            ulong address = machine.Memory.Allocate(input.Length * 4);
            machine.Memory.Write(address, MemoryMarshal.AsBytes<uint>(input));
            addresses.Add(address);
        }

        machine.Launch(PtxModule.Parse(Text(body, addresses.Count, module)), "test", grid, block, dynamicBytes, Parameters(CollectionsMarshal.AsSpan(addresses)));
        uint[] values = new uint[words];
        machine.Memory.Read(result, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Runs a body that is expected to be refused or to fail, with one warp unless told otherwise.</summary>
    public static PtxException Fails(string body, int threads = 32, int words = 64, PtxMachineOptions? options = null, string module = "", int dynamicBytes = 0, int blocks = 1, uint[][]? inputs = null) =>
        Assert.Throws<PtxException>(() => { Run(body, words, new Dim3(blocks), new Dim3(threads), inputs, options, module, dynamicBytes); });

    /// <summary>The result of an instruction: 'd' is its result, 'a', 'b', 'c' its arguments, whose bits are given.</summary>
    public static ulong Result(string instruction, PtxType result, PtxMachineOptions? options, params (PtxType Type, ulong Bits)[] arguments)
    {
        string names = "abce";
        var body = new List<string> { $"    .reg {Declared(result)} d;" };
        body.AddRange(arguments.Select((argument, index) => $"    .reg {Declared(argument.Type)} {names[index]};"));
        body.Add("    ld.param.u64 %q0, [p0];");
        body.AddRange(arguments.Select((argument, index) => $"    ld.global.b{argument.Type.Bits()} {names[index]}, [%q0+{(index + 1) * 8}];"));
        body.Add($"    {instruction};");
        body.Add($"    st.global.b{result.Bits()} [%q0], d;");
        using var machine = new PtxMachine((options ?? new PtxMachineOptions()) with { DetectRaces = false });
        ulong address = machine.Memory.Allocate((arguments.Length + 1) * 8);
        Span<byte> bytes = machine.Memory.Span(address, (arguments.Length + 1) * 8);
        bytes.Clear();
        for (int index = 0; index < arguments.Length; index++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[((index + 1) * 8)..], arguments[index].Bits);
        machine.Launch(PtxModule.Parse(Text(string.Join('\n', body))), "test", new Dim3(1), new Dim3(32), 0, Parameters(address));
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The result of an instruction whose result and arguments have one type of 32 bits.</summary>
    public static uint Result(string instruction, PtxType type, params uint[] arguments) =>
        (uint)Result(instruction, type, null, [.. arguments.Select(argument => (type, (ulong)argument))]);

    private static string Declared(PtxType type) => type.Bits() == 8 ? ".b16" : type is PtxType.BF16 or PtxType.F16 ? ".b16" : type.Text();

    public static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    public static float Single(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
