using System.Net;
using System.Net.Sockets;
using ActorStack.Hosting.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// Checks the backends of a gateway: each check opens a connection by the stack, on the path of the clients' data, and closes it.
/// </summary>
/// <param name="gateway">The gateway.</param>
/// <param name="stack">Opens the connections.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Tells which backends go up and down.</param>
internal sealed class BackendChecks(TcpGateway gateway, IActorStack stack, TimeProvider time, ILogger<BackendChecks> logger)
{
    /// <summary>The pause before the next look at the settings where checks are off.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>Checks until the cancellation.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var settings = gateway.Settings;
                var isOn = settings.CheckInterval > TimeSpan.Zero;
                await Task.Delay(isOn ? settings.CheckInterval : Rest, time, stopping);
                if (isOn) await Task.WhenAll(gateway.Backends.Backends.Select(one => CheckAsync(one, settings, stopping)));
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task CheckAsync(Backend backend, GatewaySettings settings, CancellationToken stopping)
    {
        var failure = await TryConnectAsync(backend.EndPoint, settings, stopping);
        if (!backend.Note(failure is null, settings.Rise, settings.Fall)) return;
        if (failure is null) logger.BackendUp(gateway.Name, backend.EndPoint);
        else logger.BackendDown(gateway.Name, backend.EndPoint, failure);
    }

    /// <summary>Opens a connection and closes it. The reason where that fails.</summary>
    private async Task<string?> TryConnectAsync(IPEndPoint endPoint, GatewaySettings settings, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(settings.ConnectTimeout, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            var options = new ConnectOptions { Local = settings.Source is { } source ? new IPEndPoint(source, 0) : null };
            await using var connection = await stack.ConnectAsync(endPoint, options, given.Token);
            return null;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return "no answer in time";
        }
        catch (Exception error) when (error is SocketException or ActorStackException)
        {
            return error.Message;
        }
    }
}
