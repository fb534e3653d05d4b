using System.IO.Pipelines;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Hosting.Services;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests;

public sealed class ChargenHandlerTests
{
    [Fact]
    public async Task When_one_direction_fails_the_other_has_ended_too_before_the_handler_returns()
    {
        var context = new SilentPeer();
        context.Output.Reader.Complete(new IOException("the connection was reset"));
        var error = await Assert.ThrowsAsync<IOException>(
            () => new ChargenHandler().OnConnectedAsync(new StackConnection(context, stack: null!)).WaitAsync(Patience.Limit));
        Assert.Equal("the connection was reset", error.Message);

        // A reader that somebody still waits for would refuse another.
        Assert.False(context.Input.Reader.TryRead(out _));
    }

    /// <summary>A connection on which nothing arrives and no end.</summary>
    private sealed class SilentPeer : IConnectionContext, IDuplexPipe
    {
        public Pipe Input { get; } = new();

        public Pipe Output { get; } = new();

        public ConnectionId Id => new("1-1");

        public FlowKey Flow => default;

        public string RunsOn => "software";

        public IDuplexPipe Pipe => this;

        public SocketOptions Options { get; set; } = SocketOptions.Default;

        public CancellationToken Closed => CancellationToken.None;

        public CancellationToken InputEnded => CancellationToken.None;

        public CancellationToken CloseRequested => CancellationToken.None;

        public ReadOnlyMemory<byte> State => default;

        public bool IsLeaving => false;

        public string? LeavingTo => null;

        public string? Companion { get; set; }

        public CancellationToken Leaving => CancellationToken.None;

        public void Leave(ReadOnlyMemory<byte> state) => throw new InvalidOperationException("the connection is not to move");

        public void RequestClose() => throw new InvalidOperationException("nobody asks the handler to end");

        public void Abort(string reason) => Output.Reader.Complete(new IOException(reason));

        PipeReader IDuplexPipe.Input => Input.Reader;

        PipeWriter IDuplexPipe.Output => Output.Writer;
    }
}
