using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Systemd;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.TakeOver;

/// <summary>
/// Takes over the connections of the process that runs, where the options say so, and later gives those of this process to the
/// one that takes it over.
/// </summary>
internal sealed class TakeOverService(ServiceManager manager, ILogger<TakeOverService> logger) : IDisposable
{
    private const int SecretLength = 32;
    private const int LongestDeviceName = 15;
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private TakeOverSettings? _settings;
    private Predecessor? _predecessor;
    private TakeOverSocket? _socket;
    private volatile Socket? _listener;
    private int _isGiving;

    /// <summary>The processes of this machine as nodes; null: this process cannot be taken over.</summary>
    public LocalNodeNetwork? Network { get; private set; }

    /// <summary>There is a process whose connections this one takes over.</summary>
    public bool HasPredecessor => _predecessor is not null;

    /// <summary>Another process has the connections of this one, its control socket and its routes.</summary>
    public bool HasSuccessor { get; private set; }

    /// <summary>The secret of initial sequence numbers and cookies, which the predecessor had and the successor gets.</summary>
    public byte[] Secret { get; private set; } = [];

    /// <summary>The incarnation in the ids of this process's connections is this at least.</summary>
    public long LeastIncarnation => _predecessor is { Hello.Incarnation: var before } ? before + 1 : 0;

    /// <summary>Finds the process that runs, where this one is to take over its connections.</summary>
    /// <exception cref="StackStartException">The options are not valid, or the running process refuses.</exception>
    /// <exception cref="LinuxException">The kernel does not tell which process it is.</exception>
    public async Task OpenAsync(HoconSection stack, CancellationToken cancellation)
    {
        _settings = TakeOverSettings.Read(stack);
        if (_settings.Path.Length == 0 || stack.Read(StackOptionTable.ClusterEnabled) || !OperatingSystem.IsLinux()) return;
        _socket = new TakeOverSocket(_settings.Path);
        Network = new LocalNodeNetwork(Self);
        Secret = RandomNumberGenerator.GetBytes(SecretLength);
        if (!_settings.IsEnabled) return;
        if (_socket.TryConnect() is not { } socket
            || await LocalPeer.MeetAsync(socket, new LocalProtocol.Hello(Self.Name, 0, "", []), cancellation) is not { } peer)
        {
            logger.NoPredecessor(_socket.Path);
            return;
        }

        Network.Join(peer.Node, peer.Channel, peer.Process.Ended);
        _predecessor = new Predecessor(Network, peer, logger);
        Secret = peer.Hello.Secret;
    }

    /// <summary>The name of the device: that of the options, or another one where the running process has it.</summary>
    public string DeviceFor(string tun)
    {
        if (!HasPredecessor) return tun;
        var taken = NetworkInterface.GetAllNetworkInterfaces().Select(one => one.Name)
            .Append(_predecessor!.Hello.Device).ToHashSet();
        var stem = tun.Length > LongestDeviceName - 2 ? tun[..(LongestDeviceName - 2)] : tun;
        return Enumerable.Range(1, 9).Select(number => number == 1 ? tun : $"{stem}-{number}")
            .First(name => !taken.Contains(name));
    }

    /// <summary>
    /// Takes the connections of the running process, then waits for the next one, which takes over this one. It is called once,
    /// when the stack listens.
    /// </summary>
    /// <param name="stack">The stack.</param>
    /// <param name="settings">The settings that it runs with.</param>
    /// <param name="end">Ends this process in order, after another one has taken its connections.</param>
    /// <param name="cancellation">Ends the wait for the connections.</param>
    /// <exception cref="StackStartException">The running process does not give its connections.</exception>
    public async Task ServeAsync(IActorRef stack, StackSettings settings, Action end, CancellationToken cancellation)
    {
        if (Network is null || settings is not { Link: TunLink link, Forwarder: DeviceForwarder forwarder }) return;
        if (_predecessor is not null)
        {
            await stack.Ask<StackActor.WarmUpHandoff>(StackActor.WarmUpHandoff.Instance, WarmUpLimit, cancellation);
            await _predecessor.TakeOverAsync(link, settings.Addresses, _settings!.Limit, cancellation);
            manager.BecomeMainProcess();
        }

        if (TryListen()) _ = AcceptAsync(new LocalProcess(stack, link, forwarder, Network.CountConnections), end);
    }

    /// <summary>Ends a take-over of this process that has begun.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener?.Dispose();
        if (!HasSuccessor && _listener is not null) File.Delete(_socket!.Path);
        Network?.Dispose();
    }

    private static ClusterNode Self { get; } =
        new(LocalPeer.NameOf(Environment.ProcessId), 0, $"process {Environment.ProcessId}", "");

    private bool TryListen()
    {
        try
        {
            var before = _listener;
            _listener = _socket!.Listen();
            before?.Dispose();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            logger.NoTakeOverSocket(_socket!.Path, error.Message);
            return false;
        }
    }

    private async Task AcceptAsync(LocalProcess local, Action end)
    {
        while (!_stopping.IsCancellationRequested && _listener is { } listener)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                _ = GiveAsync(socket, local, end);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (listener == _listener) return; // it was not replaced: this process ends
            }
        }
    }

    private async Task GiveAsync(Socket socket, LocalProcess local, Action end)
    {
        try
        {
            if (await TryGiveAsync(socket, local))
            {
                HasSuccessor = true;
                end();
            }
        }
        catch (OperationCanceledException)
        {
            // This process stops.
        }
        catch (Exception error)
        {
            logger.TakeOverFailed(error);
        }
    }

    private async Task<bool> TryGiveAsync(Socket socket, LocalProcess local)
    {
        if (await LocalPeer.MeetAsync(socket, first: null, _stopping.Token) is not { } peer) return false;
        if (WhyRefused(peer) is { } reason)
        {
            peer.Channel.Send(new LocalProtocol.Refused(reason, "Wait until it has ended, or stop it."));
            peer.Dispose();
            return false;
        }

        var successor = new Successor(Network!, local, peer, logger);
        try
        {
            var identity = await local.AskAsync<LoopProtocol.Flows>(
                LoopProtocol.GetFlows.Instance, TimeSpan.FromSeconds(30), _stopping.Token);
            Network!.Attach(successor);
            Network.Join(peer.Node, peer.Channel, peer.Process.Ended);
            peer.Channel.Send(new LocalProtocol.Hello(Self.Name, identity.Incarnation, local.Link.Name, Secret));
            if (await successor.GiveAsync(_settings!.Linger, _stopping.Token)) return true;
            TryListen(); // the other process may have had the path
            return false;
        }
        finally
        {
            Network!.Detach(successor);
            Volatile.Write(ref _isGiving, 0);
        }
    }

    private string? WhyRefused(LocalPeer peer)
    {
        if (!peer.Process.IsTrusted)
            return $"Process {peer.Process.Id} runs as user {peer.Process.User}, who may not take over process "
                + $"{Environment.ProcessId}.";
        return Interlocked.Exchange(ref _isGiving, 1) == 0
            ? null
            : $"Another process takes over process {Environment.ProcessId} already.";
    }
}
