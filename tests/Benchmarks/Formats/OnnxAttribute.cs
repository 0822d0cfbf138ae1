namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>An operator's attribute (AttributeProto).</summary>
internal readonly struct OnnxAttribute
{
    private const int FloatType = 1, IntType = 2, IntsType = 7;
    private readonly ProtobufMessage _message;

    private OnnxAttribute(string name, int type) => _message = new ProtobufMessage().Add(1, name).Add(20, type);

    public static OnnxAttribute Of(string name, float value)
    {
        OnnxAttribute attribute = new(name, FloatType);
        attribute._message.Add(2, value);
        return attribute;
    }

    public static OnnxAttribute Of(string name, long value)
    {
        OnnxAttribute attribute = new(name, IntType);
        attribute._message.Add(3, value);
        return attribute;
    }

    public static OnnxAttribute Of(string name, params ReadOnlySpan<long> values)
    {
        OnnxAttribute attribute = new(name, IntsType);
        foreach (long value in values) attribute._message.Add(8, value);
        return attribute;
    }

    public ProtobufMessage ToMessage() => _message;
}
