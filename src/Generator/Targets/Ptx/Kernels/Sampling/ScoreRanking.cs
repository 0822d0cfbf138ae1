namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// The tokens by descending score are never sorted. What is asked is where, in that order, a sum of ones or of masses exceeds a target:
//
//   top-k    where the ones exceed k − 1: the mass up to there is kept
//   top-p    where the masses exceed p · kept − 1, or the first token: the mass up to there is kept
//   min-p    the mass of the tokens that are likely enough is kept, where that is less
//   draw     where the masses exceed u · kept
//
// Each filter keeps a beginning of the order, so that masses say it all. A question is answered by a table of buckets over exponents, which
// gives the bucket of the answer, and by further ones over the orders within that bucket, until one order is left; tokens of that order share
// what is left of the target.

/// <summary>Draws a score in the order of the scores.</summary>
internal sealed class ScoreRanking
{
    private const int DrawStep = 2;
    private readonly PtxBuilder _k;
    private readonly SamplerScores _scores;
    private readonly SamplerWeights _weights;
    private readonly SamplerSettings _settings;
    private readonly BucketTable _table;
    private readonly BlockScan _scan;
    private readonly SharedAddress _found;
    private readonly SharedLongs _longs;

    public ScoreRanking(PtxBuilder k, SamplerScores scores, SamplerWeights weights, SamplerSettings settings, BlockScan scan)
    {
        _k = k;
        _scores = scores;
        _weights = weights;
        _settings = settings;
        _table = new BucketTable(k);
        _scan = scan;
        _found = k.Shared("found", 9);
        _longs = new SharedLongs(k, 1);
    }

    /// <summary>The order of the token that is drawn, and what is left of the target for the tokens of that order.</summary>
    public (U32 Order, U64 Target) Draw()
    {
        PtxBuilder k = _k;
        (U64 all, U64 likely) = FillFirstTable();
        var answer = new Answer(k);
        U64 kept = k.Variable(all), target = k.Variable(0UL);
        k.For(0, DrawStep + 1, 1, step =>
        {
            Predicate isCount = k.AreEqual(step, 0), isNucleus = k.AreEqual(step, 1), isDraw = k.AreEqual(step, DrawStep);
            Predicate isAsked = k.Or(k.Or(k.And(isCount, _settings.IsLimited), k.And(isNucleus, _settings.IsNucleus)), isDraw);
            k.If(isAsked, () =>
            {
                k.Assign(kept, k.Select(isDraw, k.Min(kept, likely), kept));
                U64 share = k.MultiplyHigh(k.Select(isDraw, _settings.Draw(), _settings.Nucleus()), kept);
                U64 ofMasses = k.Select(isNucleus, k.Subtract(k.Max(share, 1UL), 1UL), share);
                k.Assign(target, k.Select(isCount, k.Widen(k.Subtract(_settings.TopK(), 1)), ofMasses));
                Find(answer, isCount, target);

                // The tokens of the answer's order up to the answer are kept: a count, or as many masses as it takes.
                U64 mass = k.Divide(answer.MassOfTies, answer.Ties);
                U64 left = k.Subtract(target, k.Select(isCount, answer.Count, answer.Mass));
                U64 ties = k.Add(k.Divide(left, k.Select(isCount, 1UL, mass)), 1UL);
                k.Assign(kept, k.Add(answer.Mass, k.Multiply(ties, mass)));
            });
        });
        return (answer.First, k.Subtract(target, answer.Mass));
    }

    /// <summary>The mass of all tokens, and of those that min-p keeps.</summary>
    private (U64 All, U64 Likely) FillFirstTable()
    {
        PtxBuilder k = _k;
        _table.Clear(k.Thread);
        k.Barrier();
        U64 all = k.Variable(0UL), likely = k.Variable(0UL);
        _scores.ForEach((order, _) =>
        {
            F32 exponent = _weights.Exponent(order), weight = _weights.Weight(exponent);
            U64 mass = _weights.Mass(weight);
            _table.Add(_weights.Bucket(exponent), mass);
            k.AddTo(all, mass);
            k.AddTo(likely, k.Select(k.Less(weight, _settings.MinP), 0UL, mass));
        });
        U64[] totals = _scan.Totals(all, likely);
        k.Barrier();
        return (totals[0], totals[1]);
    }

    private void Find(Answer answer, Predicate isCount, U64 target)
    {
        PtxBuilder k = _k;
        U32 round = k.Variable((U32)0), exponentBucket = k.Variable((U32)0), shift = k.Variable((U32)0);
        k.Assign(answer.Count, 0UL);
        k.Assign(answer.Mass, 0UL);
        k.DoWhile(() =>
        {
            Predicate isFirst = k.AreEqual(round, 0);
            U32 place = k.Add(k.Thread, k.Select(isFirst, (U32)0, (U32)_table.Second));
            k.If(k.Differ(round, 0), () => FillSecondTable(answer, exponentBucket, shift, place));
            U32 bucket = BucketOf(answer, isCount, target, place);
            k.If(isFirst, () =>
            {
                (U32 first, U32 last) = _weights.Orders(bucket);
                k.Assign(exponentBucket, bucket);

                // Who has no mass is in the last bucket: any of them will do.
                k.Assign(answer.First, k.Select(k.AreEqual(bucket, k.Threads - 1), (U32)ScoreOrder.Excluded, first));
                k.Assign(answer.Last, k.Select(k.AreEqual(bucket, k.Threads - 1), (U32)ScoreOrder.Excluded, last));
            }, otherwise: () =>
            {
                k.AddTo(answer.First, k.ShiftLeft(bucket, shift));
                U32 width = k.ShiftLeft((U32)1, shift);
                k.Assign(answer.Last, k.Min(answer.Last, k.Subtract(k.Add(answer.First, width), 1)));
            });
            k.AddTo(round, 1);

            // The bits of the distance that a table does not tell apart.
            k.Assign(shift, k.SubtractToZero(32 - Bits(k.Threads), k.LeadingZeros(k.Subtract(answer.Last, answer.First))));
            return k.Less(answer.First, answer.Last);
        });
    }

    /// <summary>The tokens of a bucket of exponents whose orders are within the answer's, by their orders.</summary>
    private void FillSecondTable(Answer answer, U32 exponentBucket, U32 shift, U32 place)
    {
        PtxBuilder k = _k;
        _table.Clear(place);
        k.Barrier();
        U32 most = k.Subtract(answer.Last, answer.First);
        _scores.ForEach((order, _) =>
        {
            U32 distance = k.Subtract(order, answer.First);
            k.If(k.AtLeast(most, distance), () =>
            {
                F32 exponent = _weights.Exponent(order);
                k.If(k.AreEqual(_weights.Bucket(exponent), exponentBucket), () =>
                    _table.Add(k.Add(k.ShiftRight(distance, shift), _table.Second), _weights.Mass(_weights.Weight(exponent))));
            });
        });
        k.Barrier();
    }

    /// <summary>The bucket with which the sum exceeds the target; what comes before it is the answer's.</summary>
    private U32 BucketOf(Answer answer, Predicate isCount, U64 target, U32 place)
    {
        PtxBuilder k = _k;
        (U64 count, U64 mass) = _table.Load(place);
        U64[] before = _scan.Before(count, mass);
        (U64 countBefore, U64 massBefore) = (k.Add(before[0], answer.Count), k.Add(before[1], answer.Mass));
        k.If(BlockScan.IsWithin(k, target, k.Select(isCount, countBefore, massBefore), k.Select(isCount, count, mass)), () =>
        {
            U64[] found = [countBefore, massBefore, count, mass];
            for (int i = 0; i < found.Length; i++) _longs.Store(_found.Plus(2 * i), found[i]);
            k.StoreWord(_found.Plus(8), k.Thread);
        });
        k.Barrier();
        U64[] known = [answer.Count, answer.Mass, answer.Ties, answer.MassOfTies];
        for (int i = 0; i < known.Length; i++) k.Assign(known[i], _longs.Load(_found.Plus(2 * i)));
        return k.LoadWord(_found.Plus(8));
    }

    private static int Bits(int powerOfTwo)
    {
        int bits = 0;
        while (1 << bits < powerOfTwo) bits++;
        return bits;
    }

    /// <summary>What is known of an answer: its order is one of these, so many tokens of such a mass come before them, and so many of such a mass have them.</summary>
    private sealed class Answer(PtxBuilder k)
    {
        public U32 First { get; } = k.Variable((U32)0);

        public U32 Last { get; } = k.Variable((U32)0);

        public U64 Count { get; } = k.Variable(0UL);

        public U64 Mass { get; } = k.Variable(0UL);

        public U64 Ties { get; } = k.Variable(0UL);

        public U64 MassOfTies { get; } = k.Variable(0UL);
    }
}
