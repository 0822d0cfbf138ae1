using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Generator.Tests.Emission;

/// <param name="Type">The simple name of the type that has the method.</param>
/// <param name="Bytes">Its IL.</param>
/// <param name="Calls">Call instructions in it.</param>
internal sealed record EmittedMethod(string Type, string Name, int Bytes, int Calls);

/// <summary>The methods of an assembly and the sizes of their IL.</summary>
internal static class EmittedMethods
{
    private static readonly Dictionary<int, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    public static IReadOnlyList<EmittedMethod> Of(byte[] assembly)
    {
        using var file = new PEReader(new MemoryStream(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return
        [
            .. metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0).Select(method =>
            {
                byte[] il = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
                TypeDefinition type = metadata.GetTypeDefinition(method.GetDeclaringType());
                return new EmittedMethod(metadata.GetString(type.Name), metadata.GetString(method.Name), il.Length, CallsIn(il));
            }),
        ];
    }

    private static int CallsIn(byte[] il)
    {
        int calls = 0;
        for (int at = 0; at < il.Length;)
        {
            int value = il[at++];
            if (value == 0xFE) value = 0xFE00 | il[at++];
            OpCode code = s_opCodes[value];
            if (code.FlowControl == FlowControl.Call) calls++;
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
        return calls;
    }
}
