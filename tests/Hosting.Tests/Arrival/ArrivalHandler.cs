using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>The services on the stack.</summary>
internal sealed class ArrivalHandler : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) =>
        ArrivalServices.ServeAsync(
            ((IPEndPoint)connection.LocalEndPoint!).Port, connection.Transport.AsStream(),
            () => connection.Transport.Output.CompleteAsync(), connection.ConnectionClosedRequested);
}
