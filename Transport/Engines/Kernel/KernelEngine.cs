using System.Collections.Concurrent;
using System.Globalization;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// The kernel's TCP as an offload engine: connections are put into it and taken out of it in its repair mode, and steered by the
/// firewall mark of their sockets. Opened in the network namespace of the calling thread.
/// </summary>
public sealed class KernelEngine : IOffloadEngine
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EngineHandle, KernelConnection> _connections = new();
    private readonly Steering _steering;
    private readonly int _leastSegment;
    private readonly HostSetUp _setUp;
    private readonly HostGuard _guard;
    private readonly PeriodicTimer _watchTimer = new(WatchInterval);
    private readonly Task _watch;
    private long _lastHandle;
    private volatile bool _isDisposed;

    private KernelEngine(KernelEngineSettings settings, NetworkNamespace networkNamespace, Steering steering)
    {
        Settings = settings;
        Namespace = networkNamespace;
        _steering = steering;
        _leastSegment = networkNamespace.Run(ReadLeastSegment);
        (Seed, NoSeedReason) = networkNamespace.Run(CongestionSeed.TryCreate);
        Capabilities = new EngineCapabilities(settings.Capacity, KernelFidelity.OfImport);
        _setUp = new HostSetUp([.. steering.Parts, .. Seed?.Parts ?? []]);
        _guard = new HostGuard(Name, _setUp, OnHostChanged);
        _watch = WatchAsync();
    }

    /// <inheritdoc/>
    public string Name => "kernel";

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public int Count => _connections.Count;

    internal KernelEngineSettings Settings { get; }

    internal NetworkNamespace Namespace { get; }

    /// <summary>Sets the congestion window of new sockets; null where the system does not let it be set.</summary>
    internal CongestionSeed? Seed { get; }

    internal string NoSeedReason { get; }

    /// <summary>
    /// Installs the steering. Needs <see cref="LinuxFeatures.KernelEngine"/>; throws <see cref="LinuxException"/> that says what
    /// to do, and nothing is then left behind.
    /// </summary>
    public static KernelEngine Open(KernelEngineSettings settings)
    {
        LinuxSupport.Require(LinuxFeatures.KernelEngine, "the kernel engine");
        var networkNamespace = NetworkNamespace.Current();
        try
        {
            return new KernelEngine(settings, networkNamespace, Steering.Install(settings));
        }
        catch (LinuxException)
        {
            networkNamespace.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public EngineHandle Initiate(ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events)
    {
        var handle = new EngineHandle(Interlocked.Increment(ref _lastHandle));
        if (FindRefusal(image.State) is { } refusal)
        {
            events.Refused(handle, refusal.Reason, refusal.Detail);
            return handle;
        }

        try
        {
            var connection = KernelConnection.Import(this, handle, image, buffers, events);
            events.Initiated(handle, connection.ImportLedger());
            _connections[handle] = connection;

            // Whoever finds something missing first says so and then asks every connection to leave; this one it may not have
            // seen.
            if (_setUp.Defect is { } defect) connection.RequestUpload(UploadReason.SteeringLost, defect);
        }
        catch (LinuxException error)
        {
            events.Refused(handle, ReasonOf(error), error.Message);
        }

        return handle;
    }

    /// <inheritdoc/>
    public void Activate(EngineHandle handle) => Find(handle)?.Activate();

    /// <inheritdoc/>
    public void Engage(EngineHandle handle) => Find(handle)?.Engage();

    /// <inheritdoc/>
    public void Update(EngineHandle handle, SocketOptions options) => Find(handle)?.Update(options);

    /// <inheritdoc/>
    public void Terminate(EngineHandle handle) => Find(handle)?.Terminate();

    /// <inheritdoc/>
    public void Invalidate(EngineHandle handle) => Find(handle)?.Invalidate();

    /// <summary>Returns null: the kernel is never lost, only late, and nobody else has the bytes that it holds.</summary>
    public (ConnectionImage Image, FidelityLedger Ledger)? Salvage(EngineHandle handle) => null;

    /// <summary>Writes the frame back to the link, where the steering takes it to the kernel.</summary>
    public void Forward(EngineHandle handle, in LinkFrame frame) => Settings.Link.SendFrame(frame);

    /// <inheritdoc/>
    public TcpStatistics? QueryStatistics(EngineHandle handle) => Find(handle)?.QueryStatistics();

    /// <inheritdoc/>
    public bool TryQuery(EngineHandle handle, out EngineConnectionInfo info)
    {
        info = default;
        return Find(handle) is { } connection && connection.TryQuery(out info);
    }

    /// <summary>Connections still in the kernel are forgotten silently; terminate them first.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _guard.Dispose();
        _watchTimer.Dispose();
        _watch.GetAwaiter().GetResult();
        foreach (var connection in _connections.Values) connection.Invalidate();
        _steering.Dispose();
        Seed?.Dispose();
        Namespace.Dispose();
    }

    internal void Forget(KernelConnection connection) => _connections.TryRemove(connection.Handle, out _);

    private async Task WatchAsync()
    {
        while (await _watchTimer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            foreach (var (_, connection) in _connections) connection.Watch();
        }
    }

    /// <summary>
    /// Segments of the connections here went astray until now, and may again: they all leave, whether the steering is back or
    /// not. Policy or operator may move them in again.
    /// </summary>
    private void OnHostChanged(IReadOnlyList<HostChange> changes)
    {
        Settings.HostChanged?.Invoke(changes);
        var vital = changes.Where(change => change.IsVital).Select(change => change.Part).ToArray();
        if (vital.Length == 0) return;
        var detail = $"taken away on the host: {string.Join(", ", vital)}";
        foreach (var (_, connection) in _connections) connection.RequestUpload(UploadReason.SteeringLost, detail);
    }

    private KernelConnection? Find(EngineHandle handle) => _connections.GetValueOrDefault(handle);

    private (RefusalReason Reason, string Detail)? FindRefusal(TcpConnectionState state)
    {
        if (_isDisposed) return (RefusalReason.EngineStopped, "the engine was stopped");
        if (_setUp.Defect is { } defect)
            return (RefusalReason.SystemError, $"the steering is not complete: {defect}");
        if (_connections.Count >= Settings.Capacity)
            return (RefusalReason.NoConnectionEntries, $"{Settings.Capacity} connections are its limit");
        if (DescriptorLimit.IsNear())
        {
            return (RefusalReason.NoConnectionEntries,
                $"the last {DescriptorLimit.Headroom} of {DescriptorLimit.Value} file descriptors are kept for the rest; "
                    + $"{DescriptorLimit.WhatToDo}");
        }

        if (!KernelConnection.Supports(state.Identity.State))
            return (RefusalReason.UnsupportedState, $"no kernel socket can be put into {state.Identity.State}");
        if (state.Pending.HasResetOwed || state.Pending.SynPending)
            return (RefusalReason.UnsupportedState, "the software stack owes the peer a segment that the kernel would not send");
        if (KernelConnection.EffectiveMss(state) is var most && most < _leastSegment)
            return (RefusalReason.PathMtu, TooSmall(most));
        return null;
    }

    private string TooSmall(int segment) =>
        $"peer and path take segments of {segment} bytes, and the kernel sends none below {_leastSegment}: lower "
        + "net.ipv4.tcp_min_snd_mss and start the service anew";

    private static int ReadLeastSegment()
    {
        const string Path = "/proc/sys/net/ipv4/tcp_min_snd_mss";
        return File.Exists(Path) ? int.Parse(File.ReadAllText(Path), CultureInfo.InvariantCulture) : 0;
    }

    private static RefusalReason ReasonOf(LinuxException error) => error.ErrorNumber switch
    {
        Libc.EAGAIN or Libc.ENOMEM or Libc.ENOBUFS => RefusalReason.TransmitBufferExhausted,
        Libc.EMFILE or Libc.ENFILE => RefusalReason.NoConnectionEntries,
        Libc.ENETUNREACH or Libc.EHOSTUNREACH => RefusalReason.NoPathEntries,
        _ => RefusalReason.SystemError,
    };
}
