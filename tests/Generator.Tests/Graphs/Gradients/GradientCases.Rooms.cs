using Generator.Tests.Models;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Gradients;

internal static partial class GradientCases
{
    private static IEnumerable<(string, Action<TestGraph>)> Pooling()
    {
        foreach (PoolingKind kind in (PoolingKind[])[PoolingKind.First, PoolingKind.Mean, PoolingKind.Max])
        {
            yield return ($"pool {kind}", g => Twice(g, g.Activation(Rows, Width), (x, name) => new Pool(x, mask: null, kind, sequences: 2, name)));
            yield return ($"pool {kind} with a mask", g =>
            {
                Tensor mask = g.Indices(Rows, 2, 0, 1, 1, 1, 0, 1);
                Twice(g, g.Activation(Rows, Width), (x, name) => new Pool(x, mask, kind, sequences: 2, name));
            }
            );
            yield return ($"pool {kind} of a hidden sequence", g =>
            {
                Tensor mask = g.Indices(Rows, 2, 0, 0, 1, 0, 1, 1);
                Twice(g, g.Activation(Rows, Width), (x, name) => new Pool(x, mask, kind, sequences: 3, name));
            }
            );
        }
        yield return ("normalised rows", g => Twice(g, g.Activation(Rows, Width), (x, name) => new NormalizeRows(x, name)));
        yield return ("span logits", g => Twice(g, g.Activation(Rows, 2), (x, name) => new SpanLogits(x, sequences: 2, name)));
    }

    private static IEnumerable<(string, Action<TestGraph>)> Combinations()
    {
        yield return ("scale rows", g =>
        {
            Tensor factors = g.Input([Rows]);
            Twice(g, g.Activation(Rows, Width), (x, name) => new ScaleRows(x, factors, name));
        }
        );
        yield return ("concatenate", g =>
        {
            Tensor b = g.Activation(Rows, 3);
            Twice(g, g.Activation(Rows, Width), (a, name) => new Concatenate(a, b, name));
        }
        );
        yield return ("concatenate with itself", g => Twice(g, g.Activation(Rows, Width), (x, name) => new Concatenate(x, x, name)));
        foreach (int count in (int[])[1, 4])
        {
            yield return ($"softmax sum of {count}", g =>
            {
                Tensor[] layers = [.. Enumerable.Range(0, count).Select(_ => g.Activation(Rows, Width))];
                Parameter weights = g.Vector(count), gamma = g.Vector(1);
                g.Observe(new SoftmaxSum(layers, weights.Tensor, gamma.Tensor, "y"));
                g.Observe(new SoftmaxSum(layers, weights.Tensor, gamma.Tensor, "z"));
            }
            );
        }
        yield return ("softmax sum of one tensor twice, frozen weights", g =>
        {
            Tensor x = g.Activation(Rows, Width);
            Parameter weights = g.Vector(3), gamma = g.Vector(1);
            weights.IsTrained = false;
            g.Observe(new SoftmaxSum([x, g.Activation(Rows, Width), x], weights.Tensor, gamma.Tensor, "y"));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Patching()
    {
        yield return ("patches", g =>
        {
            Tensor patches = g.Program.Add(new Patches(g.Input([2, 3, 5, 7]), patchSize: 2, "patches"));
            g.Observe(new Linear(patches, g.Matrix(Width, 12), g.Vector(Width), "y"));
        }
        );
        foreach (int sequences in (int[])[1, 2, 6])
        {
            yield return ($"token before {sequences} sequences", g =>
            {
                Parameter token = g.Vector(Width);
                Twice(g, g.Activation(Rows, Width), (x, name) => new PrependToken(x, token.Tensor, sequences, name));
            }
            );
        }
        yield return ("token of one row", g =>
        {
            Parameter token = g.Matrix(1, Width);
            g.Observe(new PrependToken(g.Activation(Rows, Width), token.Tensor, sequences: 3, "y"));
        }
        );
    }

    private static IEnumerable<(string, Action<TestGraph>)> Positions()
    {
        foreach ((int queries, int keys, int reach) in ((int, int, int)[])[(3, 3, 3), (3, 3, 2), (3, 3, 1), (3, 3, 7), (2, 5, 3), (4, 1, 3)])
        {
            var shape = new AttentionShape(Specs.Attention(4, 2, headDim: 3), Sequences: 2, queries, keys);
            yield return ($"relative scores of {queries} queries and {keys} keys up to {reach}", g =>
            {
                Parameter table = g.Matrix(2 * reach - 1, 3);
                Twice(g, g.Activation(2 * queries, 12), (q, name) => new RelativeScores(q, table.Tensor, shape, name));
            }
            );
            yield return ($"relative scores of {keys} keys and {queries} queries up to {reach}", g =>
            {
                Parameter table = g.Matrix(2 * reach - 1, 3);
                Tensor scores = g.Program.Add(new RelativeScores(g.Activation(2 * queries, 12), table.Tensor, shape, "scores"));
                Twice(g, g.Activation(2 * keys, 6), (k, name) => new RelativeKeyScores(k, table.Tensor, scores, shape, name));
            }
            );
        }
        yield return ("relative scores of keys alone", g =>
        {
            var shape = new AttentionShape(Specs.Attention(2, 2, headDim: 3), sequences: 2, length: 3);
            g.Observe(new RelativeKeyScores(g.Activation(Rows, 6), g.Matrix(5, 3).Tensor, scores: null, shape, "y"));
        }
        );
        foreach (BucketDirection direction in Enum.GetValues<BucketDirection>())
        {
            foreach (int length in (int[])[1, 2, 11])
            {
                yield return ($"relative bias {direction} over {length}", g =>
                {
                    Parameter table = g.Matrix(8, 3);
                    g.Observe(new RelativeBias(table.Tensor, direction, maxDistance: 7, length, "y"));
                    g.Observe(new RelativeBias(table.Tensor, direction, maxDistance: 9, length, "z"));
                }
                );
            }
        }
    }
}
