namespace Transformer.Compiled.Ptx;

/// <summary>Where threads that a branch parts meet again: the branch's immediate post-dominator.</summary>
internal static class ControlFlow
{
    /// <summary>For each operation its immediate post-dominator; the last operation, an exit, is that of everything that ends a thread.</summary>
    /// <remarks>
    /// An exit under a predicate counts as going on: threads that are gone need not be met. Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm", on the
    /// reversed graph.
    /// </remarks>
    public static int[] MeetingPoints(Operation[] operations)
    {
        int end = operations.Length - 1;
        var order = PostOrder(operations, end);
        int[] rank = new int[operations.Length];
        Array.Fill(rank, -1);
        for (int index = 0; index < order.Count; index++) rank[order[index]] = index;
        int[] meet = new int[operations.Length];
        Array.Fill(meet, -1);
        meet[end] = end;
        bool hasChanged = true;
        while (hasChanged)
        {
            hasChanged = false;
            for (int index = order.Count - 2; index >= 0; index--)
            {
                int node = order[index];
                int candidate = -1;
                foreach (int successor in Successors(operations, node, end))
                {
                    if (successor < 0 || rank[successor] < 0 || meet[successor] < 0) continue;
                    candidate = candidate < 0 ? successor : Common(candidate, successor, meet, rank);
                }

                if (candidate == meet[node]) continue;
                meet[node] = candidate;
                hasChanged = true;
            }
        }

        for (int index = 0; index < meet.Length; index++)
            if (meet[index] < 0) meet[index] = end;
        return meet;
    }

    private static int Common(int first, int second, int[] meet, int[] rank)
    {
        while (first != second)
        {
            while (rank[first] < rank[second]) first = meet[first];
            while (rank[second] < rank[first]) second = meet[second];
        }

        return first;
    }

    /// <summary>The nodes from which the end is reached, each after those that it is reached from in a walk against the flow; the end is last.</summary>
    private static List<int> PostOrder(Operation[] operations, int end)
    {
        var predecessors = new List<int>[operations.Length];
        for (int node = 0; node < operations.Length; node++) predecessors[node] = [];
        for (int node = 0; node < end; node++)
            foreach (int successor in Successors(operations, node, end))
                if (successor >= 0) predecessors[successor].Add(node);
        var order = new List<int>();
        bool[] isSeen = new bool[operations.Length];
        var stack = new Stack<(int Node, int Next)>();
        stack.Push((end, 0));
        isSeen[end] = true;
        while (stack.Count > 0)
        {
            var (node, next) = stack.Pop();
            if (next == predecessors[node].Count)
            {
                order.Add(node);
                continue;
            }

            stack.Push((node, next + 1));
            int predecessor = predecessors[node][next];
            if (isSeen[predecessor]) continue;
            isSeen[predecessor] = true;
            stack.Push((predecessor, 0));
        }

        return order;
    }

    /// <summary>The operations that may come next.</summary>
    public static int[] Successors(Operation[] operations, int node, int end)
    {
        bool isGuarded = operations[node].GuardOffset >= 0;
        return operations[node] switch
        {
            BranchOperation branch => isGuarded ? [node + 1, branch.Target] : [branch.Target],
            ExitOperation => [isGuarded ? node + 1 : end],
            _ => [node + 1],
        };
    }
}
