namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The scores of a row, as orders in the workspace: its logits, changed by the repetition penalty and the n-grams of its history.</summary>
internal sealed class SamplerScores
{
    private readonly PtxBuilder _k;
    private readonly SamplingShape _shape;
    private readonly GlobalAddress _logits;
    private readonly F32 _zero;

    /// <param name="k">The kernel.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="logits">The row's first logit.</param>
    /// <param name="orders">The row's first word of the workspace.</param>
    /// <param name="settings">How it is sampled.</param>
    public SamplerScores(PtxBuilder k, SamplingShape shape, GlobalAddress logits, GlobalAddress orders, SamplerSettings settings)
    {
        _k = k;
        _shape = shape;
        _logits = logits;
        Orders = orders;

        // The greedy sampler tells zeros apart, and a ranking does not: −0 + 0 is 0, and anything − 0 stays as it is.
        _zero = k.Select(settings.IsDrawn, 0f, -0f);
    }

    public GlobalAddress Orders { get; }

    /// <summary>
    /// Writes the orders of the logits, four at a time where the row begins at a multiple of four, and then those that are left; the tokens that fill
    /// the last group of four are excluded.
    /// </summary>
    public void Copy()
    {
        PtxBuilder k = _k;
        int vocabulary = _shape.Vocabulary, width = _shape.Rows.Most == 1 || vocabulary % 4 == 0 ? 4 : 1, whole = vocabulary / width * width;
        k.For(k.Multiply(k.Thread, width), whole, _shape.Threads * width, column =>
        {
            F32[] values = k.Load(k.Element(_logits, column), width);
            k.StoreWords(k.Element(Orders, column), [.. values.Select(Order)]);
        });
        if (whole == _shape.Stride) return;
        k.If(k.Less(k.Thread, _shape.Stride - whole), () =>
        {
            U32 column = k.Add(k.Thread, whole), order = k.Variable((U32)ScoreOrder.Excluded);
            if (whole < vocabulary) k.If(k.Less(column, vocabulary), () => k.Assign(order, Order(k.Load(k.Element(_logits, column)))));
            k.StoreWord(k.Element(Orders, column), order);
        });
    }

    /// <summary>
    /// The tokens of the window once each: positive logits are divided by the penalty, others multiplied. Threads that meet the same token write
    /// the same. Tokens outside the vocabulary, which the host does not let in, are passed over.
    /// </summary>
    public void Penalize(GlobalAddress history, SamplerSettings settings)
    {
        PtxBuilder k = _k;
        U32 outside = k.SubtractToZero(settings.Length, settings.RepetitionWindow);
        U32 first = k.Select(k.AreEqual(settings.RepetitionWindow, 0), (U32)0, outside);
        k.For(k.Add(first, k.Thread), settings.Length, _shape.Threads, index =>
        {
            U32 token = k.LoadWord(k.Element(history, index));
            k.If(k.Less(token, _shape.Vocabulary), () =>
            {
                F32 logit = k.Load(k.Element(_logits, token));
                F32 lowered = k.Select(k.Less(logit, 0f), k.Multiply(logit, settings.RepetitionPenalty), k.Divide(logit, settings.RepetitionPenalty));
                k.StoreSame(k.Element(Orders, token), Order(lowered));
            });
        });
    }

    /// <summary>Excludes the tokens that have followed the last n − 1 tokens before: a thread for each place of the history.</summary>
    public void ExcludeNGrams(GlobalAddress history, SamplerSettings settings)
    {
        PtxBuilder k = _k;
        U32 size = settings.NoRepeatNGram, length = settings.Length;

        // Where the size is 0, more tokens come before than there are, and so no place is left.
        U32 before = k.Subtract(size, 1), places = k.SubtractToZero(length, before);
        GlobalAddress last = k.Element(history, places);
        k.For(k.Thread, places, _shape.Threads, start =>
        {
            GlobalAddress here = k.Element(history, start);
            U32 equal = k.Variable((U32)0);
            k.If(k.Less(equal, before), () => k.DoWhile(() =>
            {
                Predicate isEqual = k.AreEqual(k.LoadWord(k.Element(here, equal)), k.LoadWord(k.Element(last, equal)));
                k.Assign(equal, k.Add(equal, k.Select(isEqual, (U32)1, (U32)0)));
                return k.And(isEqual, k.Less(equal, before));
            }));
            k.If(k.AreEqual(equal, before), () =>
            {
                U32 token = k.LoadWord(k.Element(here, before));
                k.If(k.Less(token, _shape.Vocabulary), () => k.StoreSame(k.Element(Orders, token), ScoreOrder.Excluded));
            });
        });
    }

    /// <summary>
    /// The body for tokens by their orders and numbers, four after the other for each step. It is written once, in a loop over four registers that move up.
    /// </summary>
    public void ForEach(U32 from, U32 below, int step, Action<U32, U32> body) => _k.For(from, below, step, column =>
    {
        U32[] orders = _k.LoadFourWords(_k.Element(Orders, column));
        _k.For(0, orders.Length, 1, lane =>
        {
            body(orders[0], _k.Add(column, lane));
            for (int i = 1; i < orders.Length; i++) _k.Assign(orders[i - 1], orders[i]);
        });
    });

    /// <summary>As the other, over the whole row.</summary>
    public void ForEach(Action<U32, U32> body) => ForEach(_k.Multiply(_k.Thread, 4), _shape.Stride, 4 * _shape.Threads, body);

    private U32 Order(F32 score) => ScoreOrder.Of(_k, _k.Add(score, _zero));
}
