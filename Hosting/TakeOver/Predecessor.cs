using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.TakeOver;

/// <summary>The running process, as the new one sees it.</summary>
/// <param name="network">Both processes as nodes.</param>
/// <param name="peer">The running process.</param>
/// <param name="logger">Tells the progress.</param>
internal sealed class Predecessor(LocalNodeNetwork network, LocalPeer peer, ILogger logger) : INodeObserver
{
    private readonly TaskCompletionSource<NodeMessage> _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<NodeMessage> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private int _connections;

    /// <summary>What the running process said of itself.</summary>
    public LocalProtocol.Hello Hello => peer.Hello;

    /// <summary>
    /// Takes the virtual addresses and the connections. It returns when all that can move have moved, when the running process
    /// has ended, or at the limit; after it the rest goes on moving.
    /// </summary>
    /// <param name="link">The device of this process, which listens already.</param>
    /// <param name="addresses">The virtual addresses.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StackStartException">The running process does not give its connections.</exception>
    public async Task TakeOverAsync(
        TunLink link, IReadOnlyList<IpAddress> addresses, TimeSpan limit, CancellationToken cancellation)
    {
        network.Attach(this);
        network.Send(Hello.Name, LocalProtocol.Begin.Instance);
        var prepared = await WaitAsync(_prepared.Task, limit, cancellation);
        if (prepared is LocalProtocol.Refused refused) throw new StackStartException(refused.Reason, refused.WhatToDo);
        if (prepared is null && !_gone.IsCancellationRequested)
        {
            throw new StackStartException(
                $"Process {peer.Process.Id} did not begin to give its connections within {limit.TotalSeconds:0} s.",
                "Look at its log, and try again.");
        }

        link.TakeRoutes();
        network.Send(Hello.Name, LocalProtocol.Routed.Instance);
        await WaitAsync(_done.Task, limit, cancellation);
        if (_gone.IsCancellationRequested && !_done.Task.IsCompleted)
        {
            logger.PredecessorEnded(Hello.Name);
            RemoveSteering(addresses);
        }
        else if (!_done.Task.IsCompleted)
            logger.TakeOverLate(limit.TotalSeconds, Hello.Name);
    }

    public void OnMessage(string node, NodeMessage message)
    {
        if (node != Hello.Name) return;
        switch (message)
        {
            case LocalProtocol.Prepared prepared:
                _connections = prepared.Connections;
                _prepared.TrySetResult(prepared);
                break;
            case LocalProtocol.Refused:
                _prepared.TrySetResult(message);
                break;
            case LocalProtocol.Progress progress:
                logger.TakeOverProgress(
                    progress.Moved, Hello.Name, progress.Left, Milliseconds(progress.LongestBlackoutMicroseconds));
                break;
            case LocalProtocol.Done done:
                logger.TakenOver(
                    done.Moved, Hello.Name, _connections, done.Left, Milliseconds(done.LongestBlackoutMicroseconds));
                _done.TrySetResult(done);
                break;
        }
    }

    public void OnNodeJoined(ClusterNode node)
    {
        // The network has one node more only where a third process takes this one over.
    }

    public void OnNodeRemoved(ClusterNode node)
    {
        if (node.Name != Hello.Name) return;
        _gone.Cancel();
        peer.Process.Dispose();
    }

    /// <summary>What the steering of a killed process left is removed by a steering of the same name.</summary>
    private void RemoveSteering(IReadOnlyList<IpAddress> addresses)
    {
        try
        {
            KernelFlowSteering.Open(new FlowSteeringSettings(Hello.Device, addresses)).Dispose();
        }
        catch (LinuxException error)
        {
            logger.SteeringLeft(error, Hello.Name);
        }
    }

    private static string Milliseconds(long microseconds) => FormattableString.Invariant($"{microseconds / 1e3:0.0}");

    /// <summary>The answer; null: the running process has ended, or the limit has passed.</summary>
    private async Task<NodeMessage?> WaitAsync(Task<NodeMessage> answer, TimeSpan limit, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token, cancellation);
        try
        {
            return await answer.WaitAsync(limit, either.Token);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }
}
