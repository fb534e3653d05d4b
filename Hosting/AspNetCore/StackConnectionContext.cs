using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using ActorStack.Actors.Migration;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ActorStack.AspNetCore;

/// <summary>A connection of the stack as Kestrel and connection middleware see it. It is its own feature.</summary>
internal sealed class StackConnectionContext :
    ConnectionContext, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature,
    IConnectionEndPointFeature, IMemoryPoolFeature, IConnectionMigrationFeature
{
    private readonly Connection _connection;
    private readonly IActorStack _stack;
    private readonly MemoryPool<byte>? _memory;
    private readonly TransportPipe _transport;

    /// <param name="connection">The connection.</param>
    /// <param name="stack">Moves it.</param>
    /// <param name="memory">The pool for the buffers of what is above the connection; null: there is none.</param>
    public StackConnectionContext(Connection connection, IActorStack stack, MemoryPool<byte>? memory)
    {
        (_connection, _stack, _memory) = (connection, stack, memory);
        ConnectionId = connection.Id;
        Transport = _transport = new TransportPipe(connection.Pipe);
        ConnectionClosed = connection.InputEnded;
        LocalEndPoint = connection.LocalEndPoint;
        RemoteEndPoint = connection.RemoteEndPoint;
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IConnectionMigrationFeature>(this);
        if (memory is not null) Features.Set<IMemoryPoolFeature>(this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get => field ??= new ConnectionItems(); set; }

    public override IDuplexPipe Transport { get; set; }

    /// <summary>Cancelled at the peer's FIN too, as by Kestrel's own transport: requests learn that the client is gone.</summary>
    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool => _memory!;

    public string RunsOn => _connection.RunsOn;

    public IReadOnlyList<string> Engines => _stack.Engines;

    public Task<MigrationRecord> OffloadAsync(string engine, CancellationToken cancellation = default) =>
        _stack.OffloadAsync(_connection.Id, engine, cancellation);

    public Task<MigrationRecord> UploadAsync(CancellationToken cancellation = default) =>
        _stack.UploadAsync(_connection.Id, cancellation);

    public Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(CancellationToken cancellation = default) =>
        _stack.GetMigrationsAsync(_connection.Id, cancellation);

    /// <summary>
    /// Sends a RST. Any thread may call it, also while the pipe is in use. Kestrel gives null where the peer has closed an idle
    /// connection: it then ends by a FIN, when it is disposed.
    /// </summary>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        if (abortReason is null && _connection.InputEnded.IsCancellationRequested) return;
        _connection.Abort(abortReason?.Message ?? "the application gave the connection up");
    }

    /// <summary>Closes both directions: written payload is sent, then a FIN.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _transport.Input.CompleteAsync();
        await _transport.Output.CompleteAsync();
        await base.DisposeAsync();
    }
}
