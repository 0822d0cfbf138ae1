using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class SoftmaxSumTests
{
    [Theory]
    [InlineData(1, 1, 7)]
    [InlineData(4, 5, 36)]
    [InlineData(40, 3, 11)]
    [InlineData(3, 5, 3333)]
    public void ALearnedMeanAndItsGradients(int layers, int rows, int columns)
    {
        using var device = new Device();
        int count = rows * columns, stretches = SoftmaxSumKernels.Stretches(count);
        float[][] x = [.. Enumerable.Range(0, layers).Select(layer => Numbers.Random(10 + layer, count))];
        float[] w = Numbers.Random(1, layers), gamma = [1.7f], dy = Numbers.Random(2, count), more = Numbers.Random(3, count), before = Numbers.Random(4, layers);
        DeviceBuffer[] tensors = [.. x.Select(device.Of)];
        DeviceBuffer weights = device.Of(w), factor = device.Of(gamma), shares = device.Unwritten(layers), y = device.Unwritten(count), dx = device.Of(more), slopes = device.Of(dy);
        device.Run(SoftmaxSumKernels.Shares(layers), weights, factor, shares);
        device.Run(SoftmaxSumKernels.WeightedSum(Extent.Of(rows), columns, layers, Addend.None), [.. tensors, shares, y]);
        device.Run(SoftmaxSumKernels.WeightedSum(Extent.Of(rows), columns, 1, Addend.Added), slopes, shares, dx, dx);

        double total = w.Sum(value => Math.Exp(value));
        double[] softmax = [.. w.Select(value => Math.Exp(value) / total)];
        double[] products = [.. x.Select(tensor => tensor.Zip(dy, (a, b) => (double)a * b).Sum())];
        double mean = products.Zip(softmax, (a, b) => a * b).Sum();
        Numbers.Close([.. Enumerable.Range(0, count).Select(i => gamma[0] * Enumerable.Range(0, layers).Sum(layer => softmax[layer] * x[layer][i]))], y.Floats(), 2e-6, 2e-6);
        Numbers.Close([.. dy.Zip(more, (a, b) => (gamma[0] * softmax[0] * a) + b)], dx.Floats(), 2e-6, 2e-6);

        // The kernel of products writes a layer's partial sums one after the other.
        float[] partials = new float[layers * stretches];
        for (int layer = 0; layer < layers; layer++)
        {
            DeviceBuffer own = device.Unwritten(stretches);
            device.Run(SoftmaxSumKernels.Product(count), slopes, tensors[layer], own);
            own.Floats().CopyTo(partials, layer * stretches);
        }

        DeviceBuffer dWeights = device.Of(before), dGamma = device.Unwritten(1);
        device.Run(SoftmaxSumKernels.ParameterGradient(layers, count, AddedOutputs.Of([Addend.Added, Addend.None])), device.Of(partials), weights, factor, dWeights, dWeights, dGamma);
        double tolerance = 1e-6 * Math.Sqrt(count) * 4;
        Numbers.Close([.. Enumerable.Range(0, layers).Select(layer => (gamma[0] * softmax[layer] * (products[layer] - mean)) + before[layer])], dWeights.Floats(), tolerance, 2e-5);
        Numbers.Close([mean], dGamma.Floats(), tolerance, 2e-5);
        DeviceBuffer plain = device.Unwritten(layers), sum = device.Of([3f]);
        device.Run(SoftmaxSumKernels.ParameterGradient(layers, count, AddedOutputs.Of([Addend.None, Addend.Added])), device.Of(partials), weights, factor, sum, plain, sum);
        Numbers.Close([mean + 3], sum.Floats(), tolerance, 2e-5);
        DeviceBuffer accumulated = device.Of([3f]), isLater = device.Control((ControlField.AccumulationIsOn, 1));
        PtxKernel kernel = SoftmaxSumKernels.ParameterGradient(layers, count, AddedOutputs.Of([Addend.Accumulated, Addend.Accumulated]));
        device.Run(kernel, device.Of(partials), weights, factor, device.Of(before), accumulated, isLater);
        Assert.Equal(sum.Floats(), accumulated.Floats());
    }
}
