using ActorStack.Actors.Connections;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting;

/// <summary>A service on a port, and the middleware that serves its connections.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Port">The port that it listens on.</param>
/// <param name="Configure">Composes the middleware and what is behind it.</param>
/// <param name="Options">The options of the service.</param>
internal sealed record ConnectionPipelineRegistration(
    string Name, int Port, Action<IConnectionBuilder> Configure, ListenerOptions Options)
    : ConnectionRegistration(Name, Port, Options)
{
    private protected override ListenerSettings Complete(
        ListenerSettings settings, IActorStack stack, IServiceProvider services)
    {
        var builder = new ConnectionBuilder(services);
        Configure(builder);
        var pipeline = builder.Build();
        return settings with
        {
            Application = (connection, _) => ServeAsync(new StackConnection(connection, stack).AsTransport(), pipeline),
        };
    }

    /// <summary>
    /// A pipeline that throws leaves the pipe open, and the stack closes it: by a RST, or in order where the pipeline was asked
    /// to end and throws an <see cref="OperationCanceledException"/>.
    /// </summary>
    private static async Task ServeAsync(StackConnection connection, ConnectionDelegate pipeline)
    {
        await pipeline(connection);
        await connection.DisposeAsync();
    }
}
