using System.Net;
using ActorStack.Actors;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.AspNetCore;

/// <summary>Opens Kestrel's end points on virtual addresses.</summary>
internal sealed class StackListenerFactory(ActorStackService stack, IMemoryPoolFactory<byte>? memory = null)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) =>
        endpoint is VirtualEndPoint || (endpoint is IPEndPoint { Address: var address } && stack.Addresses.Contains(address));

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var wanted = endpoint as VirtualEndPoint ?? Virtual((IPEndPoint)endpoint);
        await stack.OpenAsync(cancellationToken); // the host may start Kestrel first
        try
        {
            var listener = await stack.ListenAsync(wanted.Name, wanted, wanted.Options, cancellationToken);
            return new StackListener(listener, wanted.WithPort(listener.EndPoint.Port), stack, memory?.Create());
        }
        catch (ActorStackException taken) when (taken.Code is FailureCode.PortInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }
    }

    private static VirtualEndPoint Virtual(IPEndPoint endpoint) => new(endpoint.Address, endpoint.Port);
}
