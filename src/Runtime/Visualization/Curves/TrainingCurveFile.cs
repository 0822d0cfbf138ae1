using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Visualization;

/// <summary>A curve as CSV: a heading, then a line for each step; what was not measured is empty.</summary>
internal static class TrainingCurveFile
{
    private const string Heading = "step,loss,learning_rate,validation_loss";

    public static void Write(Stream stream, IReadOnlyList<TrainingPoint> points)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Heading);
        foreach (TrainingPoint point in points)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{point.Step},{point.Loss:R},{point.LearningRate:R},{point.ValidationLoss:R}"));
        }
    }

    /// <exception cref="InvalidDataException">The file is no curve; the message has the line.</exception>
    public static List<TrainingPoint> Read(string path)
    {
        string[] lines = File.ReadAllLines(path, Encoding.UTF8);
        if (lines.Length == 0 || lines[0] != Heading) throw new InvalidDataException($"{path} is no training curve: it does not begin with \"{Heading}\".");
        var points = new List<TrainingPoint>();
        for (int line = 1; line < lines.Length; line++)
        {
            if (Parse(lines[line]) is not { } point || points is [.., var last] && last.Step >= point.Step)
                throw new InvalidDataException($"{path}, line {line + 1}: \"{lines[line]}\" is no step after those before it.");
            points.Add(point);
        }
        return points;
    }

    private static TrainingPoint? Parse(string line)
    {
        string[] fields = line.Split(',');
        if (fields.Length != 4 || !long.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long step)) return null;
        var numbers = new double?[3];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (fields[i + 1].Length == 0) continue;
            if (!double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return null;
            numbers[i] = number;
        }
        return new TrainingPoint(step, numbers[0], numbers[1], numbers[2]);
    }
}
