using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting;

/// <summary>The listeners of the stack: those of the registered handlers, and those that the application opens itself.</summary>
internal sealed partial class ActorStackService
{
    public override IReadOnlyList<IPAddress> Addresses =>
        [.. _composition?.Settings.Addresses.Select(one => one.ToIPAddress()) ?? []];

    protected override async Task<StackProtocol.Listening> ListenAsync(ListenerSettings settings, CancellationToken cancellation)
    {
        var listening = await AskAsync<StackProtocol.Listening>(new StackProtocol.Listen(settings), cancellation, StartTimeout);
        if (settings.IsConnector) return listening;
        IEnumerable<IpAddress> addresses = settings.Address is { } address ? [address] : _composition!.Settings.Addresses;
        logger.Listening(settings.Name, listening.Port, addresses.Cast<object>());
        return listening;
    }

    /// <summary>A stack that has stopped has no port open.</summary>
    protected override async Task UnbindAsync(AcceptedConnections accepted)
    {
        if (_stack is null) return;
        try
        {
            await AskAsync<StackProtocol.Unbound>(new StackProtocol.Unbind(accepted), CancellationToken.None);
        }
        catch (ActorStackException gone) when (gone.Code is FailureCode.Stopping)
        {
            // The stack ended meanwhile.
        }
    }
}
