namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The factors of dropout for probabilities [sequences, heads, queries, keys], the same bits as the run-time's AttentionDropout: element i takes
/// word i % 4 of block i / 4. Four consecutive keys take one block where the number of keys is a multiple of four, else parts of two.
/// </summary>
internal sealed class ProbabilityDropout
{
    private const int Group = 4;
    private const uint Weyl0 = 0x9E3779B9;
    private readonly PtxBuilder _k;
    private readonly float _rate;
    private readonly int _keys;
    private readonly bool _isLong;
    private readonly U32 _key0;
    private readonly U32 _key1;
    private readonly U32 _step;
    private readonly U32 _rank;
    private readonly U32 _site;
    private readonly Predicate _isOn;

    /// <param name="k">The kernel.</param>
    /// <param name="control">The control block.</param>
    /// <param name="site">The name of the dropout.</param>
    /// <param name="rate">In (0, 1).</param>
    /// <param name="rows">Sequences times heads times queries.</param>
    /// <param name="keys">Keys of a query.</param>
    /// <exception cref="NoKernelException">The probabilities are more than can be counted.</exception>
    public ProbabilityDropout(PtxBuilder k, ControlBlock control, U32 site, float rate, long rows, int keys)
    {
        if (keys % Group != 0 && rows > (1L << 34) / keys)
            throw new NoKernelException($"{rows} rows of {keys} probabilities are more than 2^34, and dropout draws four at once.");
        _k = k;
        _rate = rate;
        _keys = keys;
        _isLong = rows > (1L << 32) / keys;
        _site = site;
        _key0 = control.Word(ControlField.SeedLow);
        _key1 = control.Word(ControlField.SeedHigh);
        _step = control.Word(ControlField.Step);
        _rank = control.Word(ControlField.RankAndMicroBatch);
        _isOn = k.Differ(control.Word(ControlField.DropoutIsOn), 0);
    }

    /// <summary>The factors of four consecutive keys, of which the first is a multiple of four; ones where dropout is off.</summary>
    public F32[] Factors(U32 row, U32 key)
    {
        F32[] factors = [.. Enumerable.Range(0, Group).Select(_ => _k.Variable(1f))];
        float kept = 1f / (1f - _rate);
        _k.If(_isOn, () =>
        {
            U32[] words = Words(row, key);
            for (int i = 0; i < Group; i++) _k.Assign(factors[i], _k.Select(_k.Less(PhiloxRounds.Uniform(_k, words[i]), _rate), 0f, kept));
        });
        return factors;
    }

    private U32[] Words(U32 row, U32 key)
    {
        U32 low = _k.MultiplyAdd(row, _keys, key);
        U32 block = _k.ShiftRight(low, 2), site = _site;
        if (_isLong)
        {
            U32 carry = _k.Select(_k.Less(low, key), (U32)1, (U32)0), high = _k.Add(_k.MultiplyHigh(row, _keys), carry);
            block = _k.Add(block, _k.ShiftLeft(high, 30));
            site = _k.Add(site, _k.MultiplyLow(_k.ShiftRight(high, 2), Weyl0));
        }

        U32[] words = Draw(block, site);
        if (_keys % Group == 0) return words;
        words = [.. words, .. Draw(_k.Add(block, 1), site)];
        Predicate isOdd = _k.Differ(_k.And(low, 1), 0), isHalf = _k.Differ(_k.And(low, 2), 0);
        U32[] shifted = [.. Enumerable.Range(0, Group + 2).Select(i => _k.Select(isOdd, words[i + 1], words[i]))];
        return [.. Enumerable.Range(0, Group).Select(i => _k.Select(isHalf, shifted[i + 2], shifted[i]))];
    }

    private U32[] Draw(U32 block, U32 site) => PhiloxRounds.BlockByLoop(_k, _key0, _key1, [block, _step, _rank, site]);
}
