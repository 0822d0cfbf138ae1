using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Factors = Transformer.Compiled.Generator.Declarations.Precision;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>The three products of a linear layer, at each precision that the device has. The weight gradient's time includes the copy of its inputs into panels.</summary>
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
                .With("panels", Panelled(inputs) * rows).With("xPanels", Panelled(inputs) * rows);
            double operations = 2.0 * rows * inputs * outputs;
            foreach (Precision precision in Hardware.PrecisionsOf(clock.Context.Device))
            {
                LinearShape shape = new(Extent.Of(rows), inputs, outputs, FactorsOf(precision));
                Measure("forward", precision, LinearKernels.Forward(shape, LinearBias.None, activation: null, Addend.None));
                Measure("input gradient", precision, LinearKernels.InputGradient(shape, Addend.None));
                Measure("weight gradient", precision, PanelCopyKernel.Of(shape.Rows, inputs), LinearKernels.WeightGradient(shape, Addend.None));
            }

            void Measure(string form, Precision precision, params PtxKernel[] kernels)
            {
                List<LoadedKernel> loaded = [];
                try
                {
                    foreach (PtxKernel kernel in kernels) loaded.Add(new LoadedKernel(clock.Stream, kernel, buffers));
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
