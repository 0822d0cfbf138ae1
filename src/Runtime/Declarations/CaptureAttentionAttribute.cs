namespace Transformer.Compiled;

/// <summary>
/// Makes attention visible: beside its <c>Session</c> or <c>Encoder</c>, a class with <see cref="TransformerAttribute"/> gets an
/// <c>AttentionSession</c> or <c>AttentionEncoder</c>, which computes the same and also hands out who attended to whom, per layer and head.
/// Without this attribute no code for it exists.
/// </summary>
/// <remarks>An <c>AttentionSession</c> keeps the weights of all tokens of its rows: layers × heads × length² floats a row, as texts grow.</remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class CaptureAttentionAttribute : Attribute;
