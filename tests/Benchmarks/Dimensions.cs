using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Benchmarks;

// Sizes as types.
internal readonly struct D12 : IDimension { public static int Value => 12; }
internal readonly struct D64 : IDimension { public static int Value => 64; }
internal readonly struct D384 : IDimension { public static int Value => 384; }
internal readonly struct D768 : IDimension { public static int Value => 768; }
internal readonly struct D1152 : IDimension { public static int Value => 1152; }
internal readonly struct D1536 : IDimension { public static int Value => 1536; }
internal readonly struct D2304 : IDimension { public static int Value => 2304; }
internal readonly struct D3072 : IDimension { public static int Value => 3072; }
internal readonly struct D32000 : IDimension { public static int Value => 32000; }
internal readonly struct D50257 : IDimension { public static int Value => 50257; }
