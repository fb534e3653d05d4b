using System.Net.Sockets;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.TakeOver;

/// <summary>Another process of this machine that has said who it is.</summary>
/// <param name="Channel">The way to it.</param>
/// <param name="Process">What the kernel knows of it.</param>
/// <param name="Hello">What it said.</param>
internal sealed record LocalPeer(NodeChannel Channel, PeerProcess Process, LocalProtocol.Hello Hello) : IDisposable
{
    /// <summary>The time in which the other process must answer. It may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The time from the end of the channel of a process that ends to the end of the process.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    /// <summary>The process as a node.</summary>
    public ClusterNode Node => new(Hello.Name, Hello.Incarnation, $"process {Process.Id}", "");

    /// <summary>The name of a process as a node.</summary>
    public static string NameOf(int process) => $"process-{process}";

    /// <summary>Hears who is at the other end of a socket, which it owns from now on.</summary>
    /// <param name="socket">A connected Unix socket.</param>
    /// <param name="first">What to say first; null: the other process speaks first.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The process; null where it ended before it said anything.</returns>
    /// <exception cref="StackStartException">The other process refuses, says something else, or does not answer.</exception>
    /// <exception cref="LinuxException">The kernel does not tell which process it is.</exception>
    public static async Task<LocalPeer?> MeetAsync(Socket socket, NodeMessage? first, CancellationToken cancellation)
    {
        var channel = new NodeChannel(socket);
        PeerProcess? process = null;
        try
        {
            process = PeerProcess.Of(socket);
            var heard = new TaskCompletionSource<NodeMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            channel.Receive = message => heard.TrySetResult(message);
            channel.Start($"channel of {NameOf(process.Id)}");
            if (first is not null) channel.Send(first);
            if (await HearAsync(channel, process, heard.Task, cancellation) is { } hello)
                return new LocalPeer(channel, process, hello);
            channel.Dispose();
            process.Dispose();
            return null;
        }
        catch
        {
            channel.Dispose();
            process?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Channel.Dispose();
        Process.Dispose();
    }

    private static async Task<LocalProtocol.Hello?> HearAsync(
        NodeChannel channel, PeerProcess process, Task<NodeMessage> heard, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(heard, channel.Ended).WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new StackStartException(
                $"Process {process.Id} did not answer within {Patience.TotalSeconds:0} s.", "Look at its log; stop it.", late);
        }

        if (!heard.IsCompleted)
        {
            var failure = await channel.Ended;
            if (await Task.WhenAny(process.Ended, Task.Delay(EndGrace, cancellation)) == process.Ended) return null;
            throw new StackStartException(
                $"Process {process.Id} ended the channel: {failure?.Message ?? "it closed its end"}.",
                "Look at its log. Where its build cannot be taken over, stop it before the start.", failure);
        }

        return await heard switch
        {
            LocalProtocol.Hello hello => hello,
            LocalProtocol.Refused refused => throw new StackStartException(refused.Reason, refused.WhatToDo),
            var other => throw new StackStartException(
                $"Process {process.Id} began with {other.GetType().Name}.", "Look which builds run on this machine."),
        };
    }
}
