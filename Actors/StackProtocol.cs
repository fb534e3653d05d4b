using System.Net.Sockets;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>What can be asked of a <c>StackActor</c>. Every question gets its answer or a <see cref="Failed"/>.</summary>
public static class StackProtocol
{
    /// <summary>Answer: <see cref="Listening"/>.</summary>
    public sealed record Listen(ListenerSettings Settings) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Listen"/>.</summary>
    public sealed record Listening(string Name, int Port);

    /// <summary>
    /// Opens a connection. Answer: <see cref="Connected"/> or <see cref="ConnectFailed"/>, however long that takes.
    /// </summary>
    public sealed record Connect(ConnectSettings Settings) : INoSerializationVerificationNeeded;

    /// <summary>The connection is whoever asked for it to serve, and to end by completing both sides of its pipe.</summary>
    public sealed record Connected(IConnectionContext Connection) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Connect"/> where the connection was not established.</summary>
    public sealed record ConnectFailed(SocketError Error, string Message);

    /// <summary>
    /// Answer: <see cref="ConnectionList"/>; with <paramref name="Ended"/> also those that are no more, newest first.
    /// </summary>
    public sealed record ListConnections(bool Ended);

    /// <summary>The answer to <see cref="ListConnections"/>.</summary>
    public sealed record ConnectionList(IReadOnlyList<ConnectionSnapshot> Connections);

    /// <summary>What is asked of one connection: the stack passes it to the connection of this id.</summary>
    public abstract record ConnectionRequest(string Id);

    /// <summary>Answer: a <see cref="ConnectionSnapshot"/>.</summary>
    public sealed record GetConnection(string Id) : ConnectionRequest(Id);

    /// <summary>Answer: the <see cref="Transport.State.TcpStatistics"/> of whoever runs the connection.</summary>
    public sealed record GetTcpStatistics(string Id) : ConnectionRequest(Id);

    /// <summary>Begins or ends the event trace of a connection. Answer: <see cref="Tracing"/>.</summary>
    public sealed record Trace(string Id, bool On) : ConnectionRequest(Id);

    /// <param name="Path">The file; empty where there was no trace to end.</param>
    public sealed record Tracing(string Path);

    /// <summary>
    /// Moves a connection into an engine. Answer: its <see cref="MigrationRecord"/>, also where it was rolled back.
    /// </summary>
    public sealed record Offload(string Id, string Engine) : ConnectionRequest(Id);

    /// <summary>Takes a connection back. Answer: its <see cref="MigrationRecord"/>.</summary>
    public sealed record Upload(string Id) : ConnectionRequest(Id);

    /// <summary>Answer: <see cref="MigrationList"/>, oldest first.</summary>
    public sealed record GetMigrations(string Id) : ConnectionRequest(Id);

    /// <summary>The answer to <see cref="GetMigrations"/>.</summary>
    public sealed record MigrationList(IReadOnlyList<MigrationRecord> Migrations);

    /// <summary>Which engine handle stands for which connection. Answer: <see cref="IdentifierList"/>.</summary>
    public sealed record ListIdentifiers
    {
        /// <summary>The only instance.</summary>
        public static ListIdentifiers Instance { get; } = new();
    }

    /// <summary>A connection that an engine runs.</summary>
    public sealed record IdentifierList(IReadOnlyList<Identifier> Identifiers);

    /// <param name="ConnectionId">The connection's name.</param>
    /// <param name="Engine">The engine's name.</param>
    /// <param name="Handle">The engine's own name for the connection.</param>
    public sealed record Identifier(string ConnectionId, string Engine, long Handle);

    /// <summary>Answer: <see cref="StackStatistics"/>.</summary>
    public sealed record GetStatistics
    {
        /// <summary>The only instance.</summary>
        public static GetStatistics Instance { get; } = new();
    }

    /// <summary>Answer: <see cref="LinkLost"/>, when the link is lost.</summary>
    public sealed record WatchLink
    {
        /// <summary>The only instance.</summary>
        public static WatchLink Instance { get; } = new();
    }

    /// <summary>
    /// The link cannot be read any more, and never will. The connections have ended; the stack answers questions and waits for
    /// <see cref="Stop"/>.
    /// </summary>
    public sealed record LinkLost(string Message);

    /// <summary>
    /// Graceful stop: listeners refuse, applications are asked to end, engines give back, what is left at
    /// <paramref name="Limit"/> is reset. Answer: <see cref="Stopped"/>; the link and the engines are then closed.
    /// </summary>
    public sealed record Stop(TimeSpan Limit);

    /// <summary>The answer to <see cref="Stop"/>: how many connections closed by themselves, and how many were reset.</summary>
    public sealed record Stopped(int Closed, int Reset);

    /// <summary>The question can't be answered.</summary>
    /// <param name="Code">The kind of the failure, for programs.</param>
    /// <param name="Message">One sentence, for people.</param>
    /// <param name="WhatToDo">Empty where the code says enough.</param>
    public sealed record Failed(FailureCode Code, string Message, string WhatToDo = "");
}
