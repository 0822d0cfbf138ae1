using System.Runtime.ExceptionServices;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Threading;

/// <summary>A worker beside another thread of its team moves to a processor that is free, and stays where none is.</summary>
public sealed class TeamPlacementTests
{
    [Theory]
    [InlineData(ThreadPinning.None)]
    [InlineData(ThreadPinning.Pinned)]
    public void A_worker_leaves_the_callers_processor(ThreadPinning pinning) => OnAnotherThread(() =>
    {
        int[] allowed = ProcessorAffinity.Allowed();
        if (allowed.Length == 0) return;

        TeamPlacement placement = new(2, pinning);
        foreach (int processor in allowed)
        {
            ProcessorAffinity.Restrict([processor]);
            placement.Note(0);
            placement.KeepApart(1);
            Assert.Equal(allowed.Length > 1, ProcessorAffinity.Current != processor);
            Assert.Equal(pinning == ThreadPinning.None && allowed.Length > 1 ? allowed : [ProcessorAffinity.Current], ProcessorAffinity.Allowed());
        }
    });

    [Fact]
    public void A_worker_stays_where_no_processor_is_free() => OnAnotherThread(() =>
    {
        int[] allowed = ProcessorAffinity.Allowed();
        if (allowed.Length == 0) return;

        ProcessorAffinity.Restrict([allowed[0]]);
        TeamPlacement placement = new(2, ThreadPinning.None);
        placement.Note(0);
        placement.KeepApart(1);
        Assert.Equal(allowed[0], ProcessorAffinity.Current);
    });

    [Fact]
    public void Pinned_workers_begin_on_processors_of_their_own() => OnAnotherThread(() =>
    {
        int[] allowed = ProcessorAffinity.Allowed();
        TeamPlacement placement = new(allowed.Length + 1, ThreadPinning.Pinned);
        List<int> begun = [];
        for (int worker = 1; worker <= allowed.Length; worker++)
        {
            placement.Begin(worker);
            begun.Add(ProcessorAffinity.Current);
        }
        Assert.Equal(allowed, begun.Order());
    });

    /// <summary>The affinity of the thread that runs tests is left alone.</summary>
    private static void OnAnotherThread(Action test)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                test();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }
}
