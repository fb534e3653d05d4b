using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Linux;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.TakeOver;

/// <summary>The new process, as the running one sees it, which gives it the connections.</summary>
/// <param name="network">Both processes as nodes.</param>
/// <param name="local">This process.</param>
/// <param name="peer">The new process.</param>
/// <param name="logger">Tells the progress.</param>
internal sealed class Successor(LocalNodeNetwork network, LocalProcess local, LocalPeer peer, ILogger logger) : INodeObserver
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>The longest round. A round ends when every connection was asked; what is left then is asked again.</summary>
    private static readonly TimeSpan RoundLimit = TimeSpan.FromMinutes(5);

    /// <summary>The time until what could not move is tried again: handshakes end, and moves that began before.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The rounds without a success after which what is left counts as not movable.</summary>
    private const int IdleRounds = 5;

    /// <summary>Another drain is under way, perhaps an operator's.</summary>
    private static readonly StackProtocol.Drained NoRound = new(0, 0, 0, new Dictionary<string, int>());

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _routed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private int _moved;
    private int _atRound;
    private double _longestBlackout;

    private string Name => peer.Hello.Name;

    private DeviceForwarder Forwarder => local.Forwarder;

    /// <summary>
    /// Gives all connections to the new process. True: it has them, and this process is to end. False: the new process has ended
    /// or was refused, and this one goes on as before.
    /// </summary>
    /// <exception cref="OperationCanceledException">This process stops.</exception>
    public async Task<bool> GiveAsync(TimeSpan linger, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token, stopping);
        try
        {
            await _begun.Task.WaitAsync(either.Token);
            if (!await TryPrepareAsync(either.Token)) return false;
            await _routed.Task.WaitAsync(either.Token);
            await MoveAsync(linger, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            logger.SuccessorEnded(Name, _moved);
            return false;
        }
        finally
        {
            if (!stopping.IsCancellationRequested && _gone.IsCancellationRequested) TakeBack();
        }
    }

    public void OnMessage(string node, NodeMessage message)
    {
        if (node != Name) return;
        if (message is LocalProtocol.Begin) _begun.TrySetResult();
        else if (message is LocalProtocol.Routed) _routed.TrySetResult();
    }

    public void OnNodeJoined(ClusterNode node)
    {
        // Only the process of this object concerns it.
    }

    public void OnNodeRemoved(ClusterNode node)
    {
        if (node.Name == Name) _gone.Cancel();
    }

    /// <summary>The segments of all connections come here from now on, wherever the virtual addresses are routed.</summary>
    private async Task<bool> TryPrepareAsync(CancellationToken cancellation)
    {
        try
        {
            Forwarder.Begin();
            var flows = await local.AskAsync<LoopProtocol.Flows>(LoopProtocol.GetFlows.Instance, AnswerLimit, cancellation);
            Forwarder.Keep(flows.Keys);
            await SendTimeWaitsAsync(cancellation);
            local.Link.YieldRoutes();
            foreach (var batch in LocalProtocol.Opened.Batches(flows.Opened)) Send(batch);
            Send(new LocalProtocol.Prepared(flows.Keys.Count, flows.HasCookies));
            logger.TakeOverBegins(Name, flows.Keys.Count);
            return true;
        }
        catch (LinuxException error)
        {
            logger.CannotMove(error, Name);
            Send(new LocalProtocol.Refused(
                $"The running process cannot steer its connections: {error.Message}.",
                "Stop the running process before the start."));
            Forwarder.End();
            return false;
        }
    }

    /// <summary>
    /// Moves the connections in rounds, because some begin, or end their handshake, while others move. What cannot move is served
    /// until it ends, or the time is over.
    /// </summary>
    private async Task MoveAsync(TimeSpan linger, CancellationToken cancellation)
    {
        DateTime? lingersUntil = null;
        var idle = 0;
        using var report = new Timer(_ => Report(), null, LongestPause, LongestPause);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            _atRound = local.Connections;
            var round = await local.TryAskAsync<StackProtocol.Drained>(
                new StackProtocol.Drain(Name, RoundLimit, Refuses: false), RoundLimit + AnswerLimit, cancellation) ?? NoRound;
            (_moved, _atRound) = (_moved + round.Moved, 0);
            _longestBlackout = Math.Max(_longestBlackout, round.LongestBlackoutMicroseconds);
            if (local.Connections == 0) break;
            idle = round.Moved + round.Ended == 0 ? idle + 1 : 0;
            if (round.Moved > 0) pause = FirstPause;
            if (idle >= IdleRounds && lingersUntil is null)
            {
                foreach (var (reason, count) in round.Reasons)
                    logger.Staying(count, linger.TotalSeconds, reason);
                lingersUntil = DateTime.UtcNow + linger;
                await SendTimeWaitsAsync(cancellation);
                SendDone();
            }

            if (DateTime.UtcNow >= lingersUntil) break;
            await Task.Delay(pause, cancellation);
        }

        await SendTimeWaitsAsync(cancellation);
        if (lingersUntil is null) SendDone();
        logger.Given(_moved, Name, local.Connections);
    }

    private void SendDone() => Send(new LocalProtocol.Done(_moved, local.Connections, (long)_longestBlackout));

    /// <summary>In the middle of a round the connections that are gone count as moved.</summary>
    private void Report() => Send(new LocalProtocol.Progress(
        _moved + Math.Max(0, _atRound - local.Connections), local.Connections, (long)_longestBlackout));

    private async Task SendTimeWaitsAsync(CancellationToken cancellation)
    {
        var all = await local.AskAsync<LoopProtocol.TimeWaits>(LoopProtocol.ExportTimeWaits.Instance, AnswerLimit, cancellation);
        foreach (var batch in TimeWaitMessage.Batches(all.Entries)) Send(batch);
    }

    /// <summary>The kernel routes the addresses here again since the device of the other process is gone.</summary>
    private void TakeBack()
    {
        Forwarder.End();
        local.Link.KeepRoutes();
    }

    private void Send(NodeMessage message) => network.Send(Name, message);
}
