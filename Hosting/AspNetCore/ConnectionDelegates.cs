using Microsoft.AspNetCore.Connections;

namespace ActorStack.AspNetCore;

/// <summary>The connection delegates of the stack's ports. Each is composed once.</summary>
internal sealed class ConnectionDelegates(IEnumerable<ConnectionDelegateRegistration> registrations, IServiceProvider services)
{
    private readonly Dictionary<int, ConnectionDelegate> _byPort = registrations.ToDictionary(
        one => one.Port,
        one =>
        {
            var builder = new ConnectionBuilder(services);
            one.Configure(builder);
            return builder.Build();
        });

    /// <summary>The delegate of a port.</summary>
    public ConnectionDelegate Of(int port) => _byPort[port];
}
