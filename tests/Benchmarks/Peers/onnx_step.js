// Passes of an ONNX model in ONNX Runtime, for `compare`. Started by it; speaks lines on stdin and stdout.
//
// Arguments: the folder that has node_modules/onnxruntime-node, a model, a number of threads, a clock ("wall", or "cpu": the process's own time).
// Prints a line about itself. The first line that comes in is the inputs as JSON, { name: [integers of one sequence] }.
// Then "passes N" is answered with the mean milliseconds of N passes after one that is not counted, and "output NAME" with the last pass's output as base64
// of its floats.
const path = require("path");
const readline = require("readline");
const [folder, model, threads, clock] = process.argv.slice(2);
const runtime = require(path.join(path.resolve(folder), "node_modules", "onnxruntime-node"));
const milliseconds = clock === "cpu" ? () => { const { user, system } = process.cpuUsage(); return (user + system) * 1e-3; } : () => performance.now();

// The threads of a pass go on spinning for some 40 ms, which would take a processor from whoever is measured next.
async function settle() {
  const watchMilliseconds = 4, idleMilliseconds = 1;
  for (let busy = Infinity; busy > idleMilliseconds;) {
    const before = process.cpuUsage();
    await new Promise(resolve => setTimeout(resolve, watchMilliseconds));
    const { user, system } = process.cpuUsage(before);
    busy = (user + system) * 1e-3;
  }
}

const feedOf = (session, values) => Object.fromEntries(session.inputMetadata.map(({ name, type }) => {
  const data = type === "int64" ? BigInt64Array.from(values[name], BigInt) : Int32Array.from(values[name]);
  return [name, new runtime.Tensor(type, data, [1, data.length])];
}));

async function main() {
  const options = { executionProviders: ["cpu"], graphOptimizationLevel: "all", executionMode: "sequential", intraOpNumThreads: Number(threads), interOpNumThreads: 1 };
  const session = await runtime.InferenceSession.create(model, options);
  console.log(`${runtime.env.versions.node} of onnxruntime-node, CPU, intra-op threads as in the table, inter-op 1, all graph optimizations, sequential`);
  let feed, outputs;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (!feed) {
      feed = feedOf(session, JSON.parse(line));
    } else if (line.startsWith("passes ")) {
      const passes = Number(line.slice("passes ".length));
      await session.run(feed);
      const start = milliseconds();
      for (let pass = 0; pass < passes; pass++) outputs = await session.run(feed);
      const spent = (milliseconds() - start) / passes;
      await settle();
      console.log(spent.toFixed(4));
    } else {
      const { data } = outputs[line.slice("output ".length)];
      console.log(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"));
    }
  }
}

main().catch(problem => {
  console.error(problem.message);
  process.exit(1);
});
