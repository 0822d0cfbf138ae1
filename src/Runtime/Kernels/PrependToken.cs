using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[b, 0] = token        y[b, 1 + i] = x[b, i]
// dx[b, i] = dy[b, 1 + i] + addend[b, i]        dToken = addend + Σ b  dy[b, 0]

/// <summary>One row, the same for all, before the rows of each sequence.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class PrependToken
{
    /// <summary>y[sequences · (length + 1), D] from x[sequences · length, D] and token[D].</summary>
    public static void Forward<TD>(ComputeTeam team, Pointer<float> x, Pointer<float> token, int sequences, int length, Pointer<float> y)
        where TD : struct, IDimension => Forward<TD, Fastest>(team, x, token, sequences, length, y);

    /// <summary>dx[sequences · length, D] from dy[sequences · (length + 1), D]; the addend (or none) may be dx.</summary>
    public static void InputGradient<TD>(ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int sequences, int length, Pointer<float> dx)
        where TD : struct, IDimension => InputGradient<TD, Fastest>(team, dy, addend, sequences, length, dx);

    /// <summary>dToken[D] from dy[sequences · (length + 1), D]; the addend (or none) may be dToken.</summary>
    public static void ParameterGradient<TD>(ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int sequences, int length, Pointer<float> dToken)
        where TD : struct, IDimension => ParameterGradient<TD, Fastest>(team, dy, addend, sequences, length, dToken);

    internal static void Forward<TD, TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<float> token, int sequences, int length, Pointer<float> y)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team, new ForwardKernel<TD>(x.Value, token.Value, sequences, length, y.Value), Columns.RowTiles(sequences * (length + 1), TD.Value));

    internal static void InputGradient<TD, TInstructions>(ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int sequences, int length, Pointer<float> dx)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team, new InputGradientKernel<TD>(dy.Value, addend.Value, sequences, length, dx.Value), Columns.RowTiles(sequences * length, TD.Value));

    internal static void ParameterGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int sequences, int length, Pointer<float> dToken)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new ParameterGradientKernel<TD>(dy.Value, addend.Value, sequences, length, dToken.Value), 1);

    private readonly struct ForwardKernel<TD>(float* x, float* token, int sequences, int length, float* y) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _token = token;
        private readonly int _sequences = sequences;
        private readonly int _length = length;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _sequences * (_length + 1), TD.Value);
            for (int row = start; row < end; row++)
            {
                (int sequence, int position) = int.DivRem(row, _length + 1);
                float* from = position == 0 ? _token : _x + (((nint)row - sequence - 1) * TD.Value);
                new ReadOnlySpan<float>(from, TD.Value).CopyTo(new Span<float>(_y + ((nint)row * TD.Value), TD.Value));
            }
        }
    }

    private readonly struct InputGradientKernel<TD>(float* dy, float* addend, int sequences, int length, float* dx) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _addend = addend;
        private readonly int _sequences = sequences;
        private readonly int _length = length;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _sequences * _length, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float* dy = _dy + offset + ((nint)((row / _length) + 1) * TD.Value);
                if (_addend == null) new ReadOnlySpan<float>(dy, TD.Value).CopyTo(new Span<float>(_dx + offset, TD.Value));
                else Columns.ForEach<TSimd, V, Sum>(new(dy, _addend + offset, _dx + offset), 0, TD.Value);
            }
        }
    }

    private readonly struct ParameterGradientKernel<TD>(float* dy, float* addend, int sequences, int length, float* dToken) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _addend = addend;
        private readonly int _sequences = sequences;
        private readonly int _length = length;
        private readonly float* _dToken = dToken;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            if (_addend == null) new Span<float>(_dToken, TD.Value).Clear();
            float* before = _addend == null ? _dToken : _addend;
            for (int sequence = 0; sequence < _sequences; sequence++, before = _dToken)
                Columns.ForEach<TSimd, V, Sum>(new(_dy + ((nint)sequence * (_length + 1) * TD.Value), before, _dToken), 0, TD.Value);
        }
    }

    /// <summary>y = a + b.</summary>
    private readonly struct Sum(float* a, float* b, float* y) : IColumnStep
    {
        private readonly float* _a = a;
        private readonly float* _b = b;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TLanes.Store<TSimd, V>(_y + column, TSimd.Add(TLanes.Load<TSimd, V>(_a + column, lanes), TLanes.Load<TSimd, V>(_b + column, lanes)), lanes);
    }
}
