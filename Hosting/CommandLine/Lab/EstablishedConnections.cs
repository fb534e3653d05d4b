using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Operate;
using ActorStack.Transport.State;

namespace ActorStack.CommandLine.Lab;

/// <summary>The connections of clients whose connect has returned.</summary>
internal static class EstablishedConnections
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Lists the established connections when no handshake is under way: the last segment of a handshake that is over for its
    /// client may still wait to be read by the service.
    /// </summary>
    public static async Task<IReadOnlyList<ConnectionSnapshot>> ListEstablishedAsync(
        this ControlClient control, CancellationToken cancellation)
    {
        while (true)
        {
            var living = (await control.ListConnectionsAsync(ended: false, cancellation))
                .Where(connection => connection.Ended is null).ToList();
            if (!living.Exists(connection => connection.State is TcpState.SynReceived))
                return living.FindAll(connection => connection.State is TcpState.Established);
            await Task.Delay(Poll, cancellation);
        }
    }
}
