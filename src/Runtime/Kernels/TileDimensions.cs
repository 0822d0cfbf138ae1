namespace Transformer.Compiled.Kernels;

/// <summary>1 as a type, for the sizes of register tiles.</summary>
internal readonly struct One : IDimension
{
    public static int Value => 1;
}

/// <inheritdoc cref="One"/>
internal readonly struct Two : IDimension
{
    public static int Value => 2;
}

/// <inheritdoc cref="One"/>
internal readonly struct Three : IDimension
{
    public static int Value => 3;
}

/// <inheritdoc cref="One"/>
internal readonly struct Four : IDimension
{
    public static int Value => 4;
}

/// <inheritdoc cref="One"/>
internal readonly struct Five : IDimension
{
    public static int Value => 5;
}

/// <inheritdoc cref="One"/>
internal readonly struct Six : IDimension
{
    public static int Value => 6;
}

/// <inheritdoc cref="One"/>
internal readonly struct Seven : IDimension
{
    public static int Value => 7;
}

/// <inheritdoc cref="One"/>
internal readonly struct Eight : IDimension
{
    public static int Value => 8;
}
