using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>The three products of a linear layer beside references in double, in tiles of a given shape or, without one, in those that the kernels choose.</summary>
internal static class LinearCheck
{
    public static LaunchTrace Forward(int rows, int inputs, int outputs, LinearBias bias, Activation? activation, Addend addend, ITiling? tile)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * inputs), weight = Numbers.Random(2, outputs * inputs), b = Numbers.Random(3, outputs), more = Numbers.Random(4, rows * outputs);
        List<object> arguments = [Factors.Rows(device, tile, x, Extent.Of(rows), inputs), Factors.Weight(device, tile, weight, outputs, inputs)];
        DeviceBuffer y = addend == Addend.Added ? device.Of(more) : device.Unwritten(more.Length);
        if (bias == LinearBias.Added) arguments.Add(device.Of(b));
        if (addend == Addend.Added) arguments.Add(y);
        device.Run(LinearKernels.Forward(new(Extent.Of(rows), inputs, outputs), bias, activation, addend, tile), [.. arguments, y]);

        foreach (RoundedFactors factors in RoundedFactors.Of(tile, inputs))
        {
            double[] expected = Numbers.Product(
                rows, inputs, outputs, (r, k) => factors.Round(x[(r * inputs) + k]), (k, n) => factors.Round(weight[(n * inputs) + k]));
            for (int i = 0; i < expected.Length; i++)
            {
                if (bias == LinearBias.Added) expected[i] += b[i % outputs];
                if (activation == Activation.Relu) expected[i] = Math.Max(0, expected[i]);
                if (activation == Activation.Tanh) expected[i] = Math.Tanh(expected[i]);
                if (addend == Addend.Added) expected[i] += more[i];
            }

            Numbers.Close(expected, y.Floats(), factors.Tolerance);
        }

        return device.LastLaunch;
    }

    public static LaunchTrace InputGradient(int rows, int inputs, int outputs, Addend addend, ITiling tile)
    {
        using var device = new Device();
        float[] dy = Numbers.Random(1, rows * outputs), weight = Numbers.Random(2, outputs * inputs), more = Numbers.Random(4, rows * inputs);
        List<object> arguments = [Factors.Rows(device, tile, dy, Extent.Of(rows), outputs), Factors.Weight(device, tile, weight, outputs, inputs)];
        DeviceBuffer dx = addend == Addend.Added ? device.Of(more) : device.Unwritten(more.Length);
        if (addend == Addend.Added) arguments.Add(dx);
        device.Run(LinearKernels.InputGradient(new(Extent.Of(rows), inputs, outputs), addend, tile), [.. arguments, dx]);
        foreach (RoundedFactors factors in RoundedFactors.Of(tile, outputs))
        {
            double[] expected = Numbers.Product(
                rows, outputs, inputs, (r, n) => factors.Round(dy[(r * outputs) + n]), (n, k) => factors.Round(weight[(n * inputs) + k]));
            if (addend == Addend.Added) expected = [.. expected.Zip(more, (a, c) => a + c)];
            Numbers.Close(expected, dx.Floats(), factors.Tolerance);
        }

        return device.LastLaunch;
    }

    public static LaunchTrace WeightGradient(int rows, int inputs, int outputs, Addend addend, ITiling tile, int isLater = 0)
    {
        using var device = new Device();
        float[] dy = Numbers.Random(1, rows * outputs), x = Numbers.Random(2, rows * inputs), more = Numbers.Panels(Numbers.Random(4, outputs * inputs), outputs, inputs);
        List<object> arguments = [Factors.Rows(device, tile, dy, Extent.Of(rows), outputs), Factors.Panels(device, tile, x, rows, inputs)];
        bool isAdded = addend == Addend.Added || isLater == 1;
        DeviceBuffer dWeight = isAdded ? device.Of(more) : device.Unwritten(more.Length);
        if (addend == Addend.Added) arguments.Add(dWeight);
        arguments.Add(dWeight);
        if (addend == Addend.Accumulated) arguments.Add(device.Control((ControlField.AccumulationIsOn, isLater)));
        device.Run(LinearKernels.WeightGradient(new(Extent.Of(rows), inputs, outputs), addend, tile), [.. arguments]);
        foreach (RoundedFactors factors in RoundedFactors.Of(tile, rows))
        {
            var expected = new double[more.Length];
            double[] product = Numbers.Product(
                outputs, rows, inputs, (n, r) => factors.Round(dy[(r * outputs) + n]), (r, k) => factors.Round(x[(r * inputs) + k]));
            for (int i = 0; i < product.Length; i++) expected[Numbers.PanelIndex(i / inputs, i % inputs, inputs)] = product[i];
            if (isAdded) expected = [.. expected.Zip(more, (a, c) => a + c)];
            Numbers.Close(expected, dWeight.Floats(), factors.Tolerance);
        }

        return device.LastLaunch;
    }

    public static float[] InPanels(float[] x, int rows, int columns)
    {
        var panels = new float[(columns + 15) / 16 * 16 * rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) panels[(((column / 16 * rows) + row) * 16) + (column % 16)] = x[(row * columns) + column];
        }

        return panels;
    }
}
