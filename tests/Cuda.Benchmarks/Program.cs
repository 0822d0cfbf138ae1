using Transformer.Compiled.Cuda.Benchmarks;

// What `Benchmarks cuda` does, as a program that can be published ahead of time for machines without .NET.
return CudaReport.Run(args);
