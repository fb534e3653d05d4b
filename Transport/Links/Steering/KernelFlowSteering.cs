using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// Steering by the Linux kernel, at the speed of its forwarding: a map of nftables gives the segments of a flow the mark of its
/// owner, and by the mark they are routed to it. Super-segments stay whole. Opened in the network namespace of the calling
/// thread.
/// </summary>
/// <remarks>
/// <para>It goes on while the process is stopped, and after a kill: the next start with the same name removes what is left. What
/// something else on the host takes away is put back.</para>
/// <para>A request waits for the kernel's lock of nftables: microseconds, unless another program loads many rules at once.</para>
/// </remarks>
public sealed class KernelFlowSteering : IFlowSteering
{
    private readonly Lock _gate = new();
    private readonly HashSet<IpAddress> _addresses;
    private readonly NetworkNamespace _namespace;
    private readonly SteeringMap _map;
    private readonly SteeringRoutes _routes;
    private readonly HostGuard _guard;
    private readonly SteeringTarget?[] _targets = new SteeringTarget?[FlowSteeringSettings.MostTargets];
    private bool _isDisposed;

    private KernelFlowSteering(
        FlowSteeringSettings settings, NetworkNamespace networkNamespace, SteeringMap map, SteeringRoutes routes)
    {
        _addresses = [.. settings.Addresses];
        _namespace = networkNamespace;
        _map = map;
        _routes = routes;
        HostPart[] parts = [new("nftables tables of the steering", map.Ensure), .. routes.Parts];
        _guard = new HostGuard(
            $"steering {settings.Name}", new HostSetUp(parts.Select(Locked)), changes => settings.HostChanged?.Invoke(changes));
    }

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (_gate) return _map.Count;
        }
    }

    /// <summary>
    /// Installs the steering. Needs <see cref="LinuxFeatures.NetworkAdministration"/>; throws <see cref="LinuxException"/> that
    /// says what to do, and nothing is then left behind.
    /// </summary>
    public static KernelFlowSteering Open(FlowSteeringSettings settings)
    {
        Check(settings);
        LinuxSupport.Require(LinuxFeatures.NetworkAdministration, "flow steering");
        var networkNamespace = NetworkNamespace.Current();
        SteeringMap? map = null;
        SteeringRoutes? routes = null;
        try
        {
            map = SteeringMap.Install(settings);
            routes = new SteeringRoutes(settings);
            routes.Install();
            return new KernelFlowSteering(settings, networkNamespace, map, routes);
        }
        catch (LinuxException)
        {
            using (networkNamespace)
            using (map)
                routes?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SteeringTarget AddTarget(NextHop nextHop)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var number = Array.IndexOf(_targets, null);
            if (number < 0) throw new LinuxException($"the steering has {_targets.Length} targets, and can have no more");
            _namespace.Run(() => _routes.Add(number, nextHop));
            return _targets[number] = new SteeringTarget(number, nextHop);
        }
    }

    /// <inheritdoc/>
    public void RemoveTarget(SteeringTarget target)
    {
        lock (_gate)
        {
            if (_isDisposed || !IsKnown(target)) return;
            _map.RemoveAll(_routes.Mark(target.Number));
            _routes.Remove(target.Number);
            _targets[target.Number] = null;
        }
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{FlowKey}, SteeringTarget)"/>
    public void Add(in FlowKey flow, SteeringTarget target) => Add(new ReadOnlySpan<FlowKey>(in flow), target);

    /// <summary>
    /// Steers the flows to the target from now on, wherever they were steered before. Throws <see cref="ArgumentException"/> for
    /// a target that was withdrawn and for a flow of an address that is not one of the settings, and <see cref="LinuxException"/>
    /// where the steering is full or the kernel refuses: of every 1,000 flows all or none are then steered to the target.
    /// </summary>
    public void Add(ReadOnlySpan<FlowKey> flows, SteeringTarget target)
    {
        foreach (var flow in flows)
        {
            if (!_addresses.Contains(flow.Local.Address) || flow.Remote.Address.IsIPv6 != flow.Local.Address.IsIPv6)
                throw new ArgumentException($"the flow {flow} is of none of the steering's virtual addresses", nameof(flows));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!IsKnown(target)) throw new ArgumentException($"the target {target.NextHop} was withdrawn", nameof(target));
            _map.Set(flows, _routes.Mark(target.Number));
        }
    }

    /// <inheritdoc/>
    public void Remove(in FlowKey flow) => Remove(new ReadOnlySpan<FlowKey>(in flow));

    /// <inheritdoc/>
    public void Remove(ReadOnlySpan<FlowKey> flows)
    {
        lock (_gate)
        {
            if (!_isDisposed) _map.Remove(flows);
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            if (!_isDisposed) _map.Clear();
        }
    }

    /// <summary>Ends the steering of all flows, and removes all that was set up for it. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        _guard.Dispose();
        using (_namespace)
        using (_routes)
            _map.Dispose();
    }

    private static void Check(FlowSteeringSettings settings)
    {
        if (settings.Addresses.Count == 0) throw new ArgumentException("there is no virtual address to steer", nameof(settings));
        if (settings.Capacity <= 0) throw new ArgumentException("the capacity must be above 0", nameof(settings));
        if ((settings.Mark & (FlowSteeringSettings.MostTargets - 1)) != 0)
            throw new ArgumentException("the low 8 bits of the first mark must be 0", nameof(settings));
        if (settings.TunnelDevice.Length is 0 or > 15)
            throw new ArgumentException("the name of the tunnel device must have 1 to 15 characters", nameof(settings));
    }

    private bool IsKnown(SteeringTarget target) =>
        (uint)target.Number < (uint)_targets.Length && ReferenceEquals(_targets[target.Number], target);

    private HostPart Locked(HostPart part) => part with
    {
        Ensure = () =>
        {
            lock (_gate) return !_isDisposed && part.Ensure();
        },
    };
}
