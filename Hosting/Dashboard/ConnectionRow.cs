using ActorStack.Actors.Connections;

namespace ActorStack.Hosting.Dashboard;

/// <summary>One connection in the table. Rates are in payload bytes a second.</summary>
internal sealed record ConnectionRow(
    string Id, string Node, bool IsHere, string Local, string Remote, string State, string Phase, string RunsOn,
    double ReceiveRate, double SendRate, long BytesReceived, long BytesSent, double RttMicroseconds, long CongestionWindow,
    long Retransmissions, int Migrations, double AgeSeconds)
{
    public static ConnectionRow Of(
        ConnectionSnapshot connection, string node, bool isHere, ConnectionRow? before, double seconds)
    {
        double Rate(long now, long? earlier, double? last) => DashboardSample.Rate(now, earlier, seconds, last ?? 0);

        return new ConnectionRow(
            connection.Id, node, isHere, connection.Local, connection.Remote, connection.State.ToString(), connection.Phase,
            connection.RunsOn, Rate(connection.BytesReceived, before?.BytesReceived, before?.ReceiveRate),
            Rate(connection.BytesSent, before?.BytesSent, before?.SendRate), connection.BytesReceived, connection.BytesSent,
            connection.RttMicroseconds, connection.CongestionWindow, connection.Retransmissions, connection.Migrations,
            connection.AgeSeconds);
    }

    /// <summary>Whether one of the texts of the row contains this one.</summary>
    public bool Contains(string text) =>
        Id.Contains(text, StringComparison.OrdinalIgnoreCase) || Remote.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Local.Contains(text, StringComparison.OrdinalIgnoreCase) || State.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Node.Contains(text, StringComparison.OrdinalIgnoreCase);
}
