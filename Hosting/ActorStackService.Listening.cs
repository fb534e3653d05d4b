using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>The listeners of the stack: those of the registered handlers, and those that the application opens itself.</summary>
internal sealed partial class ActorStackService
{
    public IReadOnlyList<IPAddress> Addresses => [.. _composition?.Settings.Addresses.Select(one => one.ToIPAddress()) ?? []];

    public async Task<ConnectionListener> ListenAsync(
        string name, IPEndPoint endPoint, ListenerOptions? options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(endPoint);
        if (_composition is not { } composition) throw new ActorStackException(FailureCode.Stopping, "The stack is not running.");
        var settings = (options ?? new ListenerOptions()).ToSettings(
            name, endPoint.Port, system.Settings.Config, composition.Settings.Tcp.Options);
        if (!endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any))
            settings = settings with { Address = IpAddress.From(endPoint.Address) };
        var listening = await ListenAsync(settings, cancellation);
        var accepted = listening.Accepted!;
        return new ConnectionListener(
            name, new IPEndPoint(endPoint.Address, listening.Port), this, accepted, () => UnbindAsync(accepted));
    }

    private async Task<StackProtocol.Listening> ListenAsync(ListenerSettings settings, CancellationToken cancellation)
    {
        var listening = await AskAsync<StackProtocol.Listening>(new StackProtocol.Listen(settings), cancellation, StartTimeout);
        logger.LogInformation(
            "{Service} listens on port {Port} of {Addresses}", settings.Name, listening.Port,
            settings.Address is { } address ? [address] : _composition!.Settings.Addresses);
        return listening;
    }

    /// <summary>A stack that has stopped has no port open.</summary>
    private async Task UnbindAsync(AcceptedConnections accepted)
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
