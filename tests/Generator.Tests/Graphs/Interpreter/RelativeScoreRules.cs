using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class RelativeScoreRules
{
    public static double[][] Forward(AttentionShape shape, RelativeSide side, Operands operands)
    {
        double[] x = operands[0], table = operands[1];
        double[] scores = operands.Count > 2 ? [.. operands.OrZeros(2, new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys))] : [];
        if (scores.Length == 0) scores = new double[shape.Sequences * shape.Spec.Heads * shape.Queries * shape.Keys];
        foreach (Pair pair in Pairs(shape, side, table.Length / shape.Spec.HeadDim, operands.Rows(0)))
        {
            for (int d = 0; d < shape.Spec.HeadDim; d++) scores[pair.Score] += shape.Spec.Scale * x[pair.Vector + d] * table[pair.Entry + d];
        }
        return [scores];
    }

    public static double[][] InputGradient(RelativeInputGradient gradient, Operands operands) => Gathered(gradient.Shape, gradient.Side, gradient.Outputs[0].Shape, operands);

    public static double[][] Values(RelativeValues values, Operands operands) => Gathered(values.Shape, RelativeSide.Queries, values.Y.Shape, operands);

    /// <summary>What weights of pairs gather of the table, and an addend.</summary>
    private static double[][] Gathered(AttentionShape shape, RelativeSide side, Shape result, Operands operands)
    {
        double[] dScores = operands[0], table = operands[1], dx = [.. operands.OrZeros(2, result)];
        foreach (Pair pair in Pairs(shape, side, table.Length / shape.Spec.HeadDim, operands.Rows(result)))
        {
            for (int d = 0; d < shape.Spec.HeadDim; d++) dx[pair.Vector + d] += shape.Spec.Scale * dScores[pair.Score] * table[pair.Entry + d];
        }
        return [dx];
    }

    public static double[][] TableGradient(RelativeTableGradient gradient, Operands operands)
    {
        AttentionShape shape = gradient.Shape;
        double[] dScores = operands[0], x = operands[1], dTable = [.. operands.OrZeros(2, gradient.Outputs[0].Shape)];
        foreach (Pair pair in Pairs(shape, gradient.Side, gradient.Outputs[0].Shape.Rows, operands.Rows(1)))
        {
            for (int d = 0; d < shape.Spec.HeadDim; d++) dTable[pair.Entry + d] += shape.Spec.Scale * dScores[pair.Score] * x[pair.Vector + d];
        }
        return [dTable];
    }

    public static double[][] Cached(CachedRelativeScores scores, Operands operands)
    {
        double[] q = operands[0], table = operands[1], positions = operands[2], y = Operands.Zeros(scores.Scores.Shape);
        int heads = scores.Shape.Spec.Heads, headDim = scores.Shape.Spec.HeadDim, middle = operands.Shape(1).Rows / 2, rows = operands.Rows(0);
        int reached = (int)positions.Take(rows).Max() + 1;
        for (int row = 0; row < rows * heads; row++)
        {
            for (int key = 0; key < reached; key++)
            {
                int entry = middle + Math.Clamp((int)positions[row / heads] - key, -middle, middle);
                for (int d = 0; d < headDim; d++) y[row * scores.ContextLength + key] += scores.Shape.Spec.Scale * q[row * headDim + d] * table[entry * headDim + d];
            }
        }
        return [y];
    }

    public static double[][] CachedValues(CachedRelativeValues values, Operands operands)
    {
        double[] weights = operands[0], table = operands[1], positions = operands[2], y = [.. operands[3]];
        int heads = values.Shape.Spec.Heads, width = values.Shape.Spec.HeadDim, middle = operands.Shape(1).Rows / 2, rows = operands.Rows(3);
        int reached = (int)positions.Take(rows).Max() + 1;
        for (int row = 0; row < rows * heads; row++)
        {
            for (int key = 0; key < reached; key++)
            {
                int entry = middle + Math.Clamp((int)positions[row / heads] - key, -middle, middle);
                for (int d = 0; d < width; d++) y[row * width + d] += weights[row * values.ContextLength + key] * table[entry * width + d];
            }
        }
        return [y];
    }

    /// <summary>A score, and where the vector and the row of the table that it is a product of begin.</summary>
    private readonly record struct Pair(int Score, int Vector, int Entry);

    private static IEnumerable<Pair> Pairs(AttentionShape shape, RelativeSide side, int tableRows, int rows)
    {
        int headDim = shape.Spec.HeadDim, heads = shape.Spec.Heads, middle = tableRows / 2;
        int vectorHeads = side == RelativeSide.Keys ? shape.Spec.KeyValueHeads : heads, length = rows / shape.Sequences;
        int queries = shape.Queries == shape.Keys ? length : shape.Queries, keys = shape.Queries == shape.Keys ? length : shape.Keys;
        for (int score = 0; score < shape.Sequences * heads * queries * keys; score++)
        {
            int key = score % keys, query = score / keys % queries, head = score / keys / queries % heads, sequence = score / keys / queries / heads;
            int row = sequence * length + (side == RelativeSide.Keys ? key : query);
            int vector = (row * vectorHeads + head / (heads / vectorHeads)) * headDim;
            yield return new Pair(score, vector, (middle + Math.Clamp(query - key, -middle, middle)) * headDim);
        }
    }
}
