namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>The services on the stack.</summary>
internal sealed class ArrivalHandler : ConnectionHandler
{
    public override Task HandleAsync(Connection connection, CancellationToken stopping) =>
        ArrivalServices.ServeAsync(
            connection.LocalEndPoint.Port, connection.Stream, () => connection.Pipe.Output.CompleteAsync(), stopping);
}
