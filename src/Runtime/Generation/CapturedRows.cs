using Transformer.Compiled.Memory;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Generation;

/// <summary>Gathers the attention weights of a decoder's rows as its steps give them.</summary>
/// <param name="kind">Who looks at whom.</param>
/// <param name="layers">Layers.</param>
/// <param name="heads">Heads of a layer.</param>
/// <param name="width">Keys that a step's rows have room for.</param>
/// <param name="slots">Rows of the session, spare ones included.</param>
internal sealed unsafe class CapturedRows(AttentionKind kind, int layers, int heads, int width, int slots)
{
    private readonly AttentionRecordBuilder[] _slots =
        [.. Enumerable.Range(0, slots).Select(_ => new AttentionRecordBuilder(kind, layers, heads))];

    /// <summary>Takes rows of a step.</summary>
    /// <param name="slot">The row whose they are.</param>
    /// <param name="keys">Keys that there are now.</param>
    /// <param name="firstStepRow">The first of them in the step.</param>
    /// <param name="count">How many.</param>
    /// <param name="outputOf">A layer's weights of the step, [rows, heads, width].</param>
    public void Append(int slot, int keys, int firstStepRow, int count, Func<int, Pointer<float>> outputOf)
    {
        AttentionRecordBuilder builder = _slots[slot];
        int first = builder.AddRows(count, keys);
        for (int layer = 0; layer < layers; layer++)
        {
            Pointer<float> output = outputOf(layer) + (nint)firstStepRow * heads * width;
            for (int row = 0; row < count; row++)
            {
                for (int head = 0; head < heads; head++, output += width)
                    new ReadOnlySpan<float>(output.Value, keys).CopyTo(builder.Row(layer, head, first + row));
            }
        }
    }

    public void Clear(int slot) => _slots[slot].Clear();

    public void Copy(int source, int destination)
    {
        (AttentionRecordBuilder from, AttentionRecordBuilder to) = (_slots[source], _slots[destination]);
        to.Clear();
        if (from.Rows == 0) return;
        to.AddRows(from.Rows, from.Columns);
        for (int layer = 0; layer < layers; layer++)
        {
            for (int head = 0; head < heads; head++)
            {
                for (int row = 0; row < from.Rows; row++) from.Row(layer, head, row).CopyTo(to.Row(layer, head, row));
            }
        }
    }

    public AttentionRecord Build(int slot, string[] queries, string[] keys) => _slots[slot].Build(queries, keys);
}
