using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Factors = Transformer.Compiled.Generator.Declarations.Precision;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>
/// The three products of a linear layer, at each precision that the device has. The weight gradient's time includes the copy of its inputs into panels, and that of products of bfloat16
/// the rounding of one factor, x or dy; the other one has been rounded before (weights once in a step, dy for the input gradient). How long the products take alone is a row of its own.
/// </summary>
internal static class ProductMeasurements
{
    public static void Run(DeviceClock clock, DevicePeaks? peaks, MeasurementTable table)
    {
        foreach (ProductSize size in clock.Sizes.Products)
        {
            int rows = clock.Sizes.Rows, inputs = size.Inputs, outputs = size.Outputs;
            long weight = Panelled(outputs) * inputs;
            using DeviceBuffers buffers = new DeviceBuffers(clock.Stream)
                .With("x", (long)rows * inputs).With("y", (long)rows * outputs).With("weight", weight)
                .With("dx", (long)rows * inputs).With("dy", (long)rows * outputs).With("dWeight", weight)
                .With("panels", Panelled(inputs) * rows).With("xPanels", Panelled(inputs) * rows)
                .With("rounded x", Panelled(inputs) * rows / 2).With("rounded dy", Panelled(outputs) * rows / 2).With("rounded weight", weight / 2);
            double operations = 2.0 * rows * inputs * outputs;
            foreach (Precision precision in Hardware.PrecisionsOf(clock.Context.Device))
            {
                LinearShape shape = new(Extent.Of(rows), inputs, outputs, FactorsOf(precision));
                PtxKernel forward = LinearKernels.Forward(shape, LinearBias.None, activation: null, Addend.None);
                PtxKernel inputGradient = LinearKernels.InputGradient(shape, Addend.None), weightGradient = LinearKernels.WeightGradient(shape, Addend.None);
                if (precision != Precision.BFloat16)
                {
                    Measure("forward", precision, Of(forward));
                    Measure("input gradient", precision, Of(inputGradient));
                    Measure("weight gradient", precision, Of(PanelCopyKernel.Of(shape.Rows, inputs)), Of(weightGradient));
                    continue;
                }

                // Each of these leaves what the products after it read.
                Func<LoadedKernel> roundWeight = Of(RoundingKernels.Weights(weight), ("weights", "weight"), ("rounded", "rounded weight"));
                Func<LoadedKernel> roundX = Of(RoundingKernels.Panels(shape.Rows, inputs), ("rounded", "rounded x"));
                Func<LoadedKernel> roundDy = Of(RoundingKernels.Panels(shape.Rows, outputs), ("x", "dy"), ("rounded", "rounded dy"));
                using (LoadedKernel once = roundWeight())
                {
                    once.Launch();
                    clock.Stream.Synchronize();
                }

                Measure("forward", precision, roundX, Of(forward));
                Measure("input gradient", precision, roundDy, Of(inputGradient));
                Measure("weight gradient", precision, roundX, Of(weightGradient, ("xPanels", "rounded x")));
                Measure("forward, rounded before", precision, Of(forward));
                Measure("input gradient, rounded before", precision, Of(inputGradient));
                Measure("weight gradient, rounded before", precision, Of(weightGradient, ("xPanels", "rounded x")));
            }

            Func<LoadedKernel> Of(PtxKernel kernel, params (string Parameter, string Buffer)[] others) => () => new LoadedKernel(clock.Stream, kernel, buffers, others);

            void Measure(string form, Precision precision, params Func<LoadedKernel>[] kernels)
            {
                List<LoadedKernel> loaded = [];
                try
                {
                    foreach (Func<LoadedKernel> load in kernels) loaded.Add(load());
                    double seconds = clock.Kernels(() => loaded.ForEach(kernel => kernel.Launch()));
                    table.AddOperations($"product {rows} x {inputs} x {outputs}, {form}", precision, seconds, operations, peaks);
                }
                finally
                {
                    loaded.ForEach(kernel => kernel.Dispose());
                }
            }
        }
    }

    private static long Panelled(int outputs) => (long)Panel.Count(outputs) * Panel.Width;

    private static Factors FactorsOf(Precision precision) => precision switch
    {
        Precision.Tf32 => Factors.Tf32,
        Precision.BFloat16 => Factors.BFloat16,
        _ => Factors.Float32,
    };
}
