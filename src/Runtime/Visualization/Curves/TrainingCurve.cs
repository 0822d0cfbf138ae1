using Transformer.Compiled.Training;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// The loss, the loss on validation data and the learning rate over the steps of a training: gathered while it runs, kept as CSV beside the
/// checkpoint, so that a training that goes on has its whole curve, and shown as a page and as a picture.
/// </summary>
/// <remarks>Losses may be infinite or NaN, where a training went wrong; there the line has a gap. One thread at a time.</remarks>
public sealed class TrainingCurve
{
    private readonly List<TrainingPoint> _points = [];

    /// <summary>The steps so far, in order.</summary>
    public IReadOnlyList<TrainingPoint> Points => _points;

    /// <summary>The curve that <see cref="Write"/> put beside a checkpoint, up to the checkpoint's step; an empty one where there is none.</summary>
    /// <param name="checkpoint">The checkpoint's path; the file is <see cref="PathBeside"/> it.</param>
    /// <param name="step">The trainer's step count; what a training did after its checkpoint is forgotten.</param>
    /// <exception cref="InvalidDataException">The file is no curve; the message has the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingCurve Continue(string checkpoint, long step)
    {
        string path = PathBeside(checkpoint, ".csv");
        if (!File.Exists(path)) return new TrainingCurve();
        TrainingCurve curve = Read(path);
        curve._points.RemoveAll(point => point.Step > step);
        return curve;
    }

    /// <summary>Reads a curve from CSV.</summary>
    /// <exception cref="InvalidDataException">The file is no curve; the message has the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingCurve Read(string path)
    {
        var curve = new TrainingCurve();
        foreach (TrainingPoint point in TrainingCurveFile.Read(path)) curve._points.Add(point);
        return curve;
    }

    /// <summary>Where a checkpoint's curve is: "run/last.safetensors" has "run/last.curve.csv".</summary>
    /// <param name="checkpoint">The checkpoint's path.</param>
    /// <param name="extension">".csv", ".html" or ".png".</param>
    /// <exception cref="ArgumentException">A path or extension is empty.</exception>
    public static string PathBeside(string checkpoint, string extension)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpoint);
        ArgumentException.ThrowIfNullOrEmpty(extension);
        return Path.ChangeExtension(checkpoint, ".curve" + extension);
    }

    /// <summary>
    /// Adds an update, as a training loop reports it, with its validation where that is a loss: one of which lower is better. Metrics of
    /// which higher is better have no place on the axis of losses.
    /// </summary>
    /// <exception cref="ArgumentException">The step is not after the last one, or has a validation loss already.</exception>
    public void Add(TrainingReport report)
    {
        Add(report.Step, report.Loss, report.LearningRate);
        if (report is { Validation: { } loss, Better: Better.Lower }) AddValidation(report.Step, loss);
    }

    /// <summary>Adds an update.</summary>
    /// <param name="step">Updates done, this one included.</param>
    /// <param name="loss">The mean loss that was trained on.</param>
    /// <param name="learningRate">The rate of the update.</param>
    /// <exception cref="ArgumentException">The step is not after the last one.</exception>
    public void Add(long step, double loss, double learningRate)
    {
        if (_points is [.., { Loss: null } last] && last.Step == step) _points[^1] = last with { Loss = loss, LearningRate = learningRate };
        else Append(new TrainingPoint(step, loss, learningRate, null));
    }

    /// <summary>Adds the mean loss on validation data after an update.</summary>
    /// <exception cref="ArgumentException">The step is before the last one, or has a validation loss already.</exception>
    public void AddValidation(long step, double loss)
    {
        if (_points is [.., { ValidationLoss: null } last] && last.Step == step) _points[^1] = last with { ValidationLoss = loss };
        else Append(new TrainingPoint(step, null, null, loss));
    }

    /// <summary>Writes the curve beside a checkpoint: as CSV, HTML and PNG, each file whole or not at all.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(string checkpoint)
    {
        WriteCsv(PathBeside(checkpoint, ".csv"));
        WriteHtml(PathBeside(checkpoint, ".html"));
        WritePng(PathBeside(checkpoint, ".png"));
    }

    /// <summary>Writes all points as CSV: step, loss, learning_rate, validation_loss; numbers read back as they were.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteCsv(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        PageFile.Write(path, stream => TrainingCurveFile.Write(stream, _points));
    }

    /// <summary>Writes a page with the curves as SVG; it needs nothing else, no script and no network either. Pointing at a place shows its numbers.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteHtml(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfEmpty();
        PageFile.Write(path, WriteHtml);
    }

    /// <summary>As <see cref="WriteHtml(string)"/>, to a stream, which stays open.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    public void WriteHtml(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ThrowIfEmpty();
        var drawing = new SvgDrawing(CurvePlot.Width, CurvePlot.Height, "Loss and learning rate over the steps of training");
        CurvePlot.Draw(drawing, _points);
        var page = new PageStream(stream);
        PageResources.WriteHead(page, "Training", "'none'");
        page.Markup($"{drawing}</main>\n</body>\n</html>\n");
    }

    /// <summary>Writes the curves as a picture.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WritePng(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfEmpty();
        PageFile.Write(path, WritePng);
    }

    /// <summary>As <see cref="WritePng(string)"/>, to a stream, which stays open.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    public void WritePng(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ThrowIfEmpty();
        var picture = new Picture(CurvePlot.Width, CurvePlot.Height);
        CurvePlot.Draw(new PictureDrawing(picture), _points);
        picture.WritePng(stream);
    }

    private void Append(TrainingPoint point)
    {
        if (_points is [.., var last] && last.Step >= point.Step)
            throw new ArgumentException($"Step {point.Step} comes after step {last.Step}; steps grow. Continue drops those after a checkpoint.");
        _points.Add(point);
    }

    private void ThrowIfEmpty()
    {
        if (_points.Count == 0) throw new InvalidOperationException("There is nothing to draw: no step was added.");
    }
}
