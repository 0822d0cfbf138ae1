using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// Copies to shared memory that threads do not wait for, and the products of small matrices that a warp computes together (PTX ISA, "cp.async",
/// "ldmatrix" and "mma"). They need sm_80.
/// </summary>
internal sealed partial class PtxBuilder
{
    /// <summary>
    /// Begins to copy 1 or 4 elements, whose places are multiples of their size. Bytes past <paramref name="sourceBytes"/> are not read; they become zero.
    /// Four elements pass the first cache by.
    /// </summary>
    public void CopyAsync(SharedAddress target, GlobalAddress source, int elements, U32? sourceBytes)
    {
        string opcode = elements == 4 ? "cp.async.cg.shared.global" : "cp.async.ca.shared.global";
        if (sourceBytes is { } bytes) Emit(opcode, target, source, (U32)(4 * elements), bytes);
        else Emit(opcode, target, source, (U32)(4 * elements));
    }

    /// <summary>The copies that this thread has begun since the last group make a group.</summary>
    public void CommitCopies() => Emit("cp.async.commit_group");

    /// <summary>Waits until all groups of this thread have landed but the last few.</summary>
    public void WaitForCopies(int groupsUnderWay) => Emit("cp.async.wait_group", (U32)groupsUnderWay);

    /// <summary>
    /// Four matrices of 8 rows of 16 bytes: lane 8·j + i has the address of row i of matrix j; of each matrix, a lane gets the 4 bytes at lane % 4 of row lane / 4.
    /// </summary>
    public U32[] LoadFourMatrices(SharedAddress row) => LoadFourMatrices("ldmatrix.sync.aligned.m8n8.x4.shared.b16", row);

    /// <summary>As <see cref="LoadFourMatrices(SharedAddress)"/>, of each matrix turned over: a lane gets the elements of 2 bytes at column lane / 4 of rows 2 · (lane % 4) and the next.</summary>
    public U32[] LoadFourMatricesAcross(SharedAddress row) => LoadFourMatrices("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", row);

    /// <summary>The nearest number of 11 significant bits, away from zero between two.</summary>
    public U32 ToTf32(IOperand value) => Word("cvt.rna.tf32.f32", value);

    /// <summary>The nearest numbers of 8 significant bits, even ones between two, in one word.</summary>
    public U32 ToBFloat16Pair(F32 low, F32 high) => Word("cvt.rn.bf16x2.f32", high, low);

    /// <summary>
    /// sums[16, 8] += a[16, depth] · b[depth, 8] by a warp; the depth is 8 (tf32) or 16 (bfloat16). What lane 4·g + t holds: sums of rows g and g + 8, columns 2·t and
    /// 2·t + 1; of each factor, by 8 rows of a (2), by 8 columns of b (1) and by halves of the depth (2), its line g and of it the word t.
    /// </summary>
    public void MultiplyMatricesTo(F32[] sums, U32[] a, U32[] b, Precision precision)
    {
        string opcode = precision switch
        {
            Precision.Tf32 => "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32",
            Precision.BFloat16 => "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
            _ => throw new ArgumentException($"No instruction multiplies matrices of {precision}.", nameof(precision)),
        };
        Register[] written = [.. sums.Select(sum => Changeable(sum))];
        IEnumerable<IOperand> reads = [.. a.Cast<IOperand>(), .. b.Cast<IOperand>(), .. sums.Cast<IOperand>()];
        _body.Add(Line.Of(_depth, $"{opcode} {VectorText(sums)}, {Vector(a)}, {Vector(b)}, {VectorText(sums)};", written, reads));
    }

    /// <summary>The address of shared memory that a loop moves.</summary>
    public SharedAddress Variable(SharedAddress initial)
    {
        U32 start = initial.Register is { } register ? U32.In(register) : U32.In(SharedBase(initial.Array!));
        return new SharedAddress(null, Variable(start).Register, initial.Offset);
    }

    /// <summary>Moves an address of shared memory by as many bytes, modulo 2^32.</summary>
    public void Advance(SharedAddress variable, U32 bytes) => AddTo(U32.In(variable.Register!.Value), bytes);

    private U32[] LoadFourMatrices(string opcode, SharedAddress row)
    {
        U32[] values = [.. Enumerable.Range(0, 4).Select(_ => U32.In(New(RegisterFile.Word)))];
        _body.Add(Line.Of(_depth, $"{opcode} {Vector(values)}, {row.Text};", [.. values.Select(value => Changeable(value))], [row]));
        return values;
    }

    private static string Vector(U32[] values) => $"{{{string.Join(", ", values.Select(value => value.Text))}}}";
}
