namespace ActorStack.Hosting.Dashboard;

/// <summary>The columns by which the table is sorted.</summary>
internal enum RowOrder
{
    Id,
    Node,
    Remote,
    Local,
    State,
    RunsOn,
    ReceiveRate,
    SendRate,
    BytesReceived,
    BytesSent,
    Rtt,
    CongestionWindow,
    Retransmissions,
    Migrations,
    Age,
}
