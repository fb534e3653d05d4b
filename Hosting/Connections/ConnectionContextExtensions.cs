using ActorStack.Transport.Tcp.Options;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ActorStack.Hosting;

/// <summary>
/// Short names for the features of a connection. They work with every <see cref="ConnectionContext"/> that has the features of
/// the connection below it. A handler that uses them also serves connections of other transports, which never leave.
/// </summary>
public static class ConnectionContextExtensions
{
    extension(ConnectionContext connection)
    {
        /// <summary>
        /// Asks the handler for an early, orderly end, because the stack stops or because
        /// <see cref="IConnectionLifetimeNotificationFeature.RequestClose"/> was called: from then on an
        /// <see cref="OperationCanceledException"/> counts as a return, unread bytes are discarded, and written payload is sent,
        /// then a FIN, as far as the drain limit allows.
        /// </summary>
        public CancellationToken ConnectionClosedRequested =>
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

        /// <inheritdoc cref="IConnectionHandoffFeature.State"/>
        public ReadOnlyMemory<byte> State => connection.Features.Get<IConnectionHandoffFeature>()?.State ?? default;

        /// <inheritdoc cref="IConnectionHandoffFeature.IsLeaving"/>
        public bool IsLeaving => connection.Features.Get<IConnectionHandoffFeature>()?.IsLeaving ?? false;

        /// <inheritdoc cref="IConnectionHandoffFeature.Leaving"/>
        public CancellationToken Leaving => connection.Features.Get<IConnectionHandoffFeature>()?.Leaving ?? default;

        /// <inheritdoc cref="IConnectionHandoffFeature.Leave"/>
        public void Leave(ReadOnlyMemory<byte> state = default) =>
            connection.Features.GetRequiredFeature<IConnectionHandoffFeature>().Leave(state);

        /// <inheritdoc cref="IConnectionHandoffFeature.LeavingTo"/>
        public string? LeavingTo => connection.Features.Get<IConnectionHandoffFeature>()?.LeavingTo;

        /// <inheritdoc cref="IConnectionHandoffFeature.Companion"/>
        /// <exception cref="InvalidOperationException">The connection is of another transport.</exception>
        public string? Companion
        {
            get => connection.Features.GetRequiredFeature<IConnectionHandoffFeature>().Companion;
            set => connection.Features.GetRequiredFeature<IConnectionHandoffFeature>().Companion = value;
        }

        /// <inheritdoc cref="IConnectionMigrationFeature.RunsOn"/>
        /// <exception cref="InvalidOperationException">The connection is of another transport.</exception>
        public string RunsOn => connection.Features.GetRequiredFeature<IConnectionMigrationFeature>().RunsOn;

        /// <inheritdoc cref="ITcpConnectionFeature.SocketOptions"/>
        /// <exception cref="InvalidOperationException">The connection is of another transport.</exception>
        public SocketOptions SocketOptions
        {
            get => connection.Features.GetRequiredFeature<ITcpConnectionFeature>().SocketOptions;
            set => connection.Features.GetRequiredFeature<ITcpConnectionFeature>().SocketOptions = value;
        }

        /// <inheritdoc cref="ITcpConnectionFeature.Ended"/>
        /// <exception cref="InvalidOperationException">The connection is of another transport.</exception>
        public CancellationToken Ended => connection.Features.GetRequiredFeature<ITcpConnectionFeature>().Ended;
    }
}
