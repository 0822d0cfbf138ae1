using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

// Sizes as types for the tests.
internal readonly struct D1 : IDimension { public static int Value => 1; }
internal readonly struct D2 : IDimension { public static int Value => 2; }
internal readonly struct D3 : IDimension { public static int Value => 3; }
internal readonly struct D4 : IDimension { public static int Value => 4; }
internal readonly struct D5 : IDimension { public static int Value => 5; }
internal readonly struct D6 : IDimension { public static int Value => 6; }
internal readonly struct D7 : IDimension { public static int Value => 7; }
internal readonly struct D8 : IDimension { public static int Value => 8; }
internal readonly struct D9 : IDimension { public static int Value => 9; }
internal readonly struct D16 : IDimension { public static int Value => 16; }
internal readonly struct D17 : IDimension { public static int Value => 17; }
internal readonly struct D32 : IDimension { public static int Value => 32; }
internal readonly struct D48 : IDimension { public static int Value => 48; }
internal readonly struct D64 : IDimension { public static int Value => 64; }
internal readonly struct D80 : IDimension { public static int Value => 80; }
internal readonly struct D131 : IDimension { public static int Value => 131; }
internal readonly struct D200 : IDimension { public static int Value => 200; }
internal readonly struct D256 : IDimension { public static int Value => 256; }
internal readonly struct D384 : IDimension { public static int Value => 384; }
internal readonly struct D2048 : IDimension { public static int Value => 2048; }
internal readonly struct D5000 : IDimension { public static int Value => 5000; }
