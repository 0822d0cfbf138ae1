namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>How costs grow with the size of a model and the length of a text: of passes and steps on each number of threads, of compiling once.</summary>
internal sealed class GrowthComparison : IComparison
{
    private bool _isCodeMeasured;

    public string Name => "growth";

    public bool KnowsThreadTime => true;

    public void Run(CompareContext context)
    {
        DecodeGrowth.Run(context);
        PrefillGrowth.Run(context);
        EncodeGrowth.Run(context);
        TrainingGrowth.Run(context);
        if (_isCodeMeasured) return;
        _isCodeMeasured = true;
        CodeGrowth.Run(context);
    }
}
