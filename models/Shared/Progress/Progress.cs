using System.Globalization;
using Spectre.Console;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models;

/// <summary>Shows how training goes: a bar on a terminal, a line now and then where the output is redirected.</summary>
/// <param name="steps">The steps to reach.</param>
/// <param name="first">The steps that are done already.</param>
/// <param name="tokensOfAStep">Tokens that one step trains on.</param>
internal sealed class Progress(int steps, long first, int tokensOfAStep)
{
    private const int LinesOfARun = 20;
    private const double Smoothing = 0.05;

    /// <summary>Runs the training; false when Ctrl+C has stopped it between two steps.</summary>
    /// <param name="train">Trains, reports each step, and looks for cancellation.</param>
    public bool Show(Action<Action<TrainingReport>, CancellationToken> train)
    {
        using var cancellation = new CancellationTokenSource();
        void Stop(object? sender, ConsoleCancelEventArgs arguments)
        {
            arguments.Cancel = true;
            cancellation.Cancel();
        }

        Console.CancelKeyPress += Stop;
        try
        {
            if (AnsiConsole.Profile.Out.IsTerminal) ShowBar(report => train(report, cancellation.Token));
            else ShowLines(report => train(report, cancellation.Token));
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
        }
    }

    private void ShowBar(Action<Action<TrainingReport>> train) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            ProgressTask task = context.AddTask($"step {first}", maxValue: steps);
            task.Value = first;
            train(Smoothed((report, loss, speed) =>
            {
                task.Value = report.Step;
                task.Description = Describe(report, loss, speed);
            }));
        });

    private void ShowLines(Action<Action<TrainingReport>> train)
    {
        int interval = Math.Max(1, steps / LinesOfARun);
        train(Smoothed((report, loss, speed) =>
        {
            if (report.Step % interval != 0 && report.Step != steps) return;
            double secondsLeft = (steps - report.Step) * tokensOfAStep / speed;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Describe(report, loss, speed)}, {secondsLeft:F0} s left"));
        }));
    }

    private static string Describe(TrainingReport report, double loss, double speed) =>
        string.Create(CultureInfo.InvariantCulture, $"step {report.Step}, loss {loss:F3}, {speed:N0} tokens/s");

    /// <summary>Losses and speeds of single steps jump: what is shown are moving averages.</summary>
    private static Action<TrainingReport> Smoothed(Action<TrainingReport, double, double> show)
    {
        double loss = double.NaN;
        double speed = double.NaN;
        return report =>
        {
            loss = double.IsNaN(loss) ? report.Loss : loss + (Smoothing * (report.Loss - loss));
            speed = double.IsNaN(speed) ? report.TokensPerSecond : speed + (Smoothing * (report.TokensPerSecond - speed));
            show(report, loss, speed);
        };
    }
}
