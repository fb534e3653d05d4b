using System.Net;
using ActorStack.Actors;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.AspNetCore;

/// <summary>
/// Opens Kestrel's end points on virtual addresses. The application resolves Kestrel, and with it this factory, when it is built;
/// the stack is resolved when the host starts, so that a failure of the start is reported as such.
/// </summary>
internal sealed class StackListenerFactory(IServiceProvider services, IMemoryPoolFactory<byte>? memory = null)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private ActorStackService Stack => field ??= services.GetRequiredService<ActorStackService>();

    public bool CanBind(EndPoint endpoint) =>
        endpoint is VirtualEndPoint || (endpoint is IPEndPoint { Address: var address } && Stack.Addresses.Contains(address));

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var wanted = endpoint as VirtualEndPoint ?? Virtual((IPEndPoint)endpoint);
        await Stack.OpenAsync(cancellationToken); // the host may start Kestrel first
        try
        {
            var listener = await Stack.ListenAsync(wanted.Name, wanted, wanted.Options, cancellationToken);
            return new StackListener(listener, wanted.WithPort(listener.EndPoint.Port), memory?.Create());
        }
        catch (ActorStackException taken) when (taken.Code is FailureCode.PortInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }
    }

    private static VirtualEndPoint Virtual(IPEndPoint endpoint) => new(endpoint.Address, endpoint.Port);
}
