using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Tcp.Options;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.Hosting;

/// <summary>
/// A connection of the stack as handlers, connection middleware and Kestrel see it, the same under every owner. It is its own
/// feature. What few connections need is made when somebody asks for it.
/// </summary>
/// <param name="connection">The connection as the stack knows it.</param>
/// <param name="stack">Moves it.</param>
internal sealed partial class StackConnection(IConnectionContext connection, IActorStack stack) :
    ConnectionContext, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature,
    IConnectionEndPointFeature, IConnectionLifetimeNotificationFeature, IConnectionMigrationFeature, IConnectionHandoffFeature,
    ITcpConnectionFeature
{
    /// <summary>What Kestrel and middleware use instead of the stack's pipe; null: the pipe itself.</summary>
    private TransportPipe? _transport;

    /// <summary>What middleware has put in the place of a token; null: nothing.</summary>
    private StrongBox<CancellationToken>? _connectionClosed;
    private StrongBox<CancellationToken>? _closeRequested;

    public override string ConnectionId { get => field ?? connection.Id.Value; set; }

    public override IDuplexPipe Transport { get => field ?? Pipe; set; }

    public override IDictionary<object, object?> Items { get => field ??= new ConnectionItems(); set; }

    public override EndPoint? LocalEndPoint { get => field ??= connection.Flow.Local.ToIPEndPoint(); set; }

    public override EndPoint? RemoteEndPoint { get => field ??= connection.Flow.Remote.ToIPEndPoint(); set; }

    /// <summary>Cancelled at the peer's FIN too, as by Kestrel's own transport: requests learn that the client is gone.</summary>
    public override CancellationToken ConnectionClosed
    {
        get => _connectionClosed?.Value ?? connection.InputEnded;
        set => _connectionClosed = new StrongBox<CancellationToken>(value);
    }

    public CancellationToken ConnectionClosedRequested
    {
        get => _closeRequested?.Value ?? connection.CloseRequested;
        set => _closeRequested = new StrongBox<CancellationToken>(value);
    }

    public CancellationToken Ended => connection.Closed;

    public SocketOptions SocketOptions { get => connection.Options; set => connection.Options = value; }

    public string RunsOn => connection.RunsOn;

    private IDuplexPipe Pipe => (IDuplexPipe?)_transport ?? connection.Pipe;

    public IReadOnlyList<string> Engines => stack.Engines;

    public ReadOnlyMemory<byte> State => connection.State;

    public bool IsLeaving => connection.IsLeaving;

    public string? LeavingTo => connection.LeavingTo;

    public string? Companion { get => connection.Companion; set => connection.Companion = value; }

    public CancellationToken Leaving => connection.Leaving;

    /// <summary>
    /// Lets the connection behave as Kestrel and connection middleware expect it of a transport, which costs a call at each read.
    /// </summary>
    public StackConnection AsTransport()
    {
        _transport = new TransportPipe(connection.Pipe);
        return this;
    }

    public Task<MigrationRecord> OffloadAsync(string engine, CancellationToken cancellation = default) =>
        stack.OffloadAsync(connection.Id.Value, engine, cancellation);

    public Task<MigrationRecord> UploadAsync(CancellationToken cancellation = default) =>
        stack.UploadAsync(connection.Id.Value, cancellation);

    public Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(CancellationToken cancellation = default) =>
        stack.GetMigrationsAsync(connection.Id.Value, cancellation);

    public void Leave(ReadOnlyMemory<byte> state = default) => connection.Leave(state);

    public void RequestClose() => connection.RequestClose();

    /// <summary>
    /// Sends a RST. Any thread may call it, also while the pipe is in use. Kestrel gives null where the peer has closed an idle
    /// connection: it then ends by a FIN, when it is disposed.
    /// </summary>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        if (abortReason is null && connection.InputEnded.IsCancellationRequested) return;
        connection.Abort(abortReason?.Message ?? "the application gave the connection up");
    }

    /// <summary>
    /// Closes both directions of what the stack gave, whatever middleware has put in its place: written payload is sent, then a
    /// FIN, unless SO_LINGER says otherwise. Where received bytes are unread, or bytes arrive later, the connection is reset
    /// instead, and unsent payload is lost (RFC 9293 section 3.6.1).
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        await Pipe.Input.CompleteAsync();
        await Pipe.Output.CompleteAsync();
        await base.DisposeAsync();
    }
}
