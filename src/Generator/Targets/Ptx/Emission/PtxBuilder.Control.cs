namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Structured blocks, and what threads do together.</summary>
internal sealed partial class PtxBuilder
{
    /// <summary>More copies than this of a loop's body are a mistake: kernels stay small.</summary>
    private const int MostCopies = 64;

    /// <summary>The body where the condition holds.</summary>
    public void If(Predicate condition, Action body)
    {
        string end = Label("end");
        BranchUnless(condition, end);
        Nested(body);
        Mark(end);
    }

    /// <summary>One body or the other.</summary>
    public void If(Predicate condition, Action body, Action otherwise)
    {
        string not = Label("else"), end = Label("end");
        BranchUnless(condition, not);
        Nested(body);
        _body.Add(Line.Plain(_depth, $"bra {end};"));
        Mark(not);
        Nested(otherwise);
        Mark(end);
    }

    /// <summary>Blocks and threads that have nothing to do end here.</summary>
    public void ExitIf(Predicate condition) => _body.Add(Line.Of(_depth, $"@{condition.Text} ret;", [], [condition]));

    /// <summary>The thread ends here.</summary>
    public void Return() => Emit("ret");

    /// <summary>
    /// For index = from, from + step, … below the bound. A loop that is known to run once is its body; one that is known to run at all is
    /// entered without a test.
    /// </summary>
    public void For(U32 from, U32 below, int step, Action<U32> body)
    {
        bool isKnown = from.Register is null && below.Register is null;
        if (isKnown && from.Literal >= below.Literal) return;
        if (isKnown && from.Literal + (ulong)step >= below.Literal)
        {
            body(from);
            return;
        }

        string start = Label("loop"), end = Label("end");
        U32 index = Variable(from);
        if (!isKnown) BranchIf(AtLeast(index, below), end);
        Mark(start);
        int first = _body.Count - 1;
        Nested(() => body(index));
        _depth++;
        AddTo(index, step);
        BranchIf(Less(index, below), start);
        _depth--;
        _loops.Add(new LoopLines(first, _body.Count - 1));
        if (!isKnown) Mark(end);
    }

    /// <summary>For 1, 2, 4, … below a power of two, in one copy of the body.</summary>
    public void ForPowersOfTwo(int below, Action<U32> body)
    {
        U32 index = Variable((U32)1);
        DoWhile(() =>
        {
            body(index);
            AddTo(index, index);
            return Less(index, below);
        });
    }

    /// <summary>The body again and again while what it returns holds.</summary>
    public void DoWhile(Func<Predicate> body)
    {
        string start = Label("loop");
        Mark(start);
        int first = _body.Count - 1;
        _depth++;
        BranchIf(body(), start);
        _depth--;
        _loops.Add(new LoopLines(first, _body.Count - 1));
    }

    /// <summary>As many copies of the body.</summary>
    public static void Unroll(int count, Action<int> body)
    {
        if (count > MostCopies) throw new ArgumentOutOfRangeException(nameof(count), count, $"At most {MostCopies} copies of a loop's body are written.");
        for (int index = 0; index < count; index++) body(index);
    }

    /// <summary>Waits for all threads of the block; what they wrote to shared memory is seen after it.</summary>
    public void Barrier() => Emit("bar.sync", (U32)0);

    /// <summary>The value of the lane whose number differs in the bits of the mask; all 32 lanes take part.</summary>
    public F32 ShuffleXor(F32 value, int mask) => F32.In(Write(RegisterFile.Float, "shfl.sync.bfly.b32", value, (U32)mask, (U32)31, new FullMask()));

    /// <summary>The value of the lane with a number; all 32 lanes take part.</summary>
    public F32 ShuffleIndex(F32 value, U32 lane) => F32.In(Write(RegisterFile.Float, "shfl.sync.idx.b32", value, lane, (U32)31, new FullMask()));

    /// <summary>One bit for each lane of the warp: whether the condition holds there.</summary>
    public U32 Ballot(Predicate condition) => Word("vote.sync.ballot.b32", condition, new FullMask());

    private string Label(string name) => $"${name}{InvariantNumber.Text(_labels++)}";

    private void Mark(string label) => _body.Add(Line.Plain(_depth - 1, label + ":"));

    private void Nested(Action body)
    {
        _depth++;
        body();
        _depth--;
    }

    private void BranchIf(Predicate condition, string label) => _body.Add(Line.Of(_depth, $"@{condition.Text} bra {label};", [], [condition]));

    private void BranchUnless(Predicate condition, string label) => _body.Add(Line.Of(_depth, $"@!{condition.Text} bra {label};", [], [condition]));

    private readonly record struct FullMask : IOperand
    {
        public string Text => "0xffffffff";

        public Register? Register => null;
    }
}
