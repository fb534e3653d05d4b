using ActorStack.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// Runs one gateway with the host: makes it, lets it follow the configuration, and runs what it does periodically. It starts with
/// the host or with the first connection, whichever comes first.
/// </summary>
internal sealed class GatewayHost : IHostedService, IDisposable
{
    /// <summary>The time between two looks at connections that may be idle.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly IOptionsFactory<GatewayOptions> _options;
    private readonly ILogger _logger;
    private readonly IDisposable _changes;
    private readonly TcpGateway _gateway;
    private readonly BackendChecks _checks;
    private volatile GatewaySettings _settings;
    private ITimer? _sweeps;
    private Task _checking = Task.CompletedTask;

    public GatewayHost(
        string name, IActorStack stack, IOptionsFactory<GatewayOptions> options, IConfiguration configuration, TimeProvider time,
        ILoggerFactory loggers)
    {
        _time = time;
        _options = options;
        _logger = loggers.CreateLogger<GatewayHost>();
        _settings = GatewaySettings.Of(options.Create(name));
        var backends = new BackendPool();
        backends.Set(_settings.AllBackends);
        var pairs = new PairRegistry(() => new GatewayPair(stack, time));
        _gateway = new TcpGateway(name, stack, pairs, backends, () => _settings, time, loggers.CreateLogger<TcpGateway>());
        _checks = new BackendChecks(_gateway, stack, time, loggers.CreateLogger<BackendChecks>());
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, Follow);
    }

    /// <summary>The gateway.</summary>
    public TcpGateway Gateway => _gateway;

    /// <summary>Starts what the gateway does periodically, once.</summary>
    public TcpGateway Start()
    {
        if (Volatile.Read(ref _sweeps) is not null) return _gateway;
        lock (_gate)
        {
            if (_sweeps is not null) return _gateway;
            _sweeps = _time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
            _checking = _checks.RunAsync(_stopping.Token);
        }

        return _gateway;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _checking;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _changes.Dispose();
        _sweeps?.Dispose();
    }

    /// <summary>
    /// Takes new settings. Connections go on, also those to backends that are not named any more. Settings that are not valid
    /// change nothing.
    /// </summary>
    private void Follow()
    {
        GatewaySettings settings;
        try
        {
            settings = GatewaySettings.Of(_options.Create(_gateway.Name));
        }
        catch (Exception refused) when (refused is OptionsValidationException or InvalidOperationException)
        {
            _logger.GatewayConfigurationRefused(_gateway.Name, refused.Message);
            return;
        }

        _settings = settings;
        _gateway.Backends.Set(settings.AllBackends);
        _logger.GatewayConfigured(_gateway.Name, settings.Balance, string.Join(", ", settings.AllBackends));
    }

    /// <summary>Ends relays that are idle, and those that are quiet when the service stops.</summary>
    private void Sweep()
    {
        var limit = _settings.IdleTimeout;
        foreach (var relay in _gateway.Pairs.Relays)
        {
            var quiet = relay.Quiet;
            if (quiet >= SweepInterval && relay.IsAskedToEnd) relay.Stop(RelayEnd.Stopped);
            else if (limit > TimeSpan.Zero && quiet >= limit) relay.Stop(RelayEnd.Idle);
        }
    }
}
