using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// A TUN device with virtio headers, and one or more queues: segments of up to 64 KB cross it whole in both directions, and no
/// payload is summed or copied here. Opened in the network namespace of the calling thread; from then on any thread may use it.
/// </summary>
/// <remarks>
/// Where BPF is permitted, a program brings each TCP packet to the queue of its flow. Elsewhere the kernel spreads unknown flows
/// by a hash of its own, and brings a known flow to the queue by which its last packet was written.
/// </remarks>
public sealed class TunLink : IMultiQueueLink
{
    private readonly TunDevice _device;
    private readonly TunQueue[] _queues;
    private readonly SystemControls _controls;
    private readonly HostGuard _guard;
    private bool _isDisposed;

    private TunLink(TunLinkSettings settings, TunDevice device, TunQueue[] queues, SystemControls controls)
    {
        (_device, _queues, _controls) = (device, queues, controls);
        device.Changed = () => Array.ForEach(queues, queue => queue.Wake());
        _guard = new HostGuard(Name, new HostSetUp([.. device.Parts, .. controls.Parts]), changes =>
        {
            if (device.Lost is null) settings.HostChanged?.Invoke(changes); // else the receivers are told
        });
    }

    /// <inheritdoc/>
    public string Name => First.Name;

    /// <inheritdoc/>
    public int Mtu => First.Mtu;

    /// <inheritdoc/>
    public int MaximumSegmentPayload => First.MaximumSegmentPayload;

    /// <inheritdoc/>
    public IReadOnlyList<ILink> Queues => _queues;

    /// <inheritdoc/>
    public FlowSpread Spread => _device.Spread;

    /// <summary>Why the device does not bring packets to the queues of their flows; null: it does.</summary>
    public string? NotSteered => _device.NotSteered;

    /// <summary>The counters of all queues together.</summary>
    public LinkStatistics Statistics => _queues.Select(queue => queue.Statistics).Aggregate((sum, queue) => sum + queue);

    private TunQueue First => _queues[0];

    /// <summary>
    /// Makes the device, brings it up, routes the addresses to it and lets the host forward packets. Needs
    /// <see cref="LinuxFeatures.TunLink"/>. Throws <see cref="LinuxException"/> that says what to do; nothing is then left
    /// behind. Forwarding goes back to what it was when the last link of the namespace is closed; everything else goes with the
    /// device. What something else takes away of it is put back. A device that cannot be made again ends the link: <see
    /// cref="Receive"/> throws, and so does that of each queue.
    /// </summary>
    public static TunLink Open(TunLinkSettings settings)
    {
        var device = TunDevice.Open(settings);
        var controls = new SystemControls();
        var queues = new List<TunQueue>();
        try
        {
            // Frames sent back to the device come from addresses that are not behind it, perhaps this host's own: strict reverse
            // path filtering would drop them.
            controls.Ensure($"ipv4/conf/{settings.Name}/rp_filter", "2");
            controls.Ensure($"ipv4/conf/{settings.Name}/accept_local", "1");
            if (settings.Addresses.Any(address => !address.IsIPv6)) controls.Ensure("ipv4/ip_forward", "1");
            if (settings.Addresses.Any(address => address.IsIPv6)) controls.Ensure("ipv6/conf/all/forwarding", "1");
            foreach (var handle in device.Queues) queues.Add(new TunQueue(settings, device, handle));
            return new TunLink(settings, device, [.. queues], controls);
        }
        catch (Exception)
        {
            foreach (var queue in queues) queue.Dispose();
            controls.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Routes the addresses to this device from now on, before the routes of other processes, which stay: the kernel goes back to
    /// them at once where this device is removed. Any thread may call it.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refuses, and says why.</exception>
    public void TakeRoutes() => _device.TakeRoutes();

    /// <summary>
    /// Lets another process route the addresses to its device. The routes of this device stay behind its routes, and are not put
    /// back any more where something else removes them. Any thread may call it.
    /// </summary>
    public void YieldRoutes() => _device.YieldRoutes();

    /// <summary>
    /// Puts the routes of this device back again from now on where something else removes them, after <see cref="YieldRoutes"/>.
    /// </summary>
    public void KeepRoutes() => _device.KeepRoutes();

    /// <summary>Receives from the first queue, which is the only one of most links.</summary>
    public int Receive(Span<LinkFrame> frames) => First.Receive(frames);

    /// <inheritdoc/>
    public void Send(in OutboundSegment segment) => _queues[Spread.IndexOf(segment.Flow)].Send(segment);

    /// <summary>Sends by the first queue, which is the only one of most links.</summary>
    public void SendBuffered(in OutboundSegment segment) => First.SendBuffered(segment);

    /// <summary>Sends the segments that wait in the first queue.</summary>
    public void Flush() => First.Flush();

    /// <inheritdoc/>
    public void SendFrame(in LinkFrame frame) => QueueOf(frame).SendFrame(frame);

    /// <summary>Waits for frames of the first queue.</summary>
    public void Wait(TimeSpan timeout) => First.Wait(timeout);

    /// <summary>Ends a wait for the first queue.</summary>
    public void Wake() => First.Wake();

    /// <summary>
    /// Closes the queues and removes the device with all that was set up for it. Call it when no thread uses the queues any more.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _guard.Dispose();
        foreach (var queue in _queues) queue.Dispose();
        using (_device) _controls.Dispose();
    }

    private TunQueue QueueOf(in LinkFrame frame)
    {
        if (_queues.Length == 1) return First;
        PacketReader.Read(frame.Packet, checksumVerified: true, frame.SegmentSize, out var packet);
        return packet.Kind is PacketKind.Tcp ? _queues[Spread.IndexOf(packet.Flow)] : First;
    }
}
