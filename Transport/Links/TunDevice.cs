using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Links;

/// <summary>
/// A TUN device that is up, with the virtual addresses routed to it. The device and its routes go with its handle. A device that
/// somebody deletes, renames or moves to another network namespace is made again, behind the same handle: whoever reads and
/// writes goes on.
/// </summary>
internal sealed unsafe class TunDevice : IDisposable
{
    private const string CloneDevice = "/dev/net/tun";
    private const int MaximumNameLength = 15;

    // linux/if_tun.h
    private const uint TunSetInterface = 0x400454ca;
    private const uint TunSetOffload = 0x400454d0;
    private const uint TunSetSteering = 0x800454e0;
    private const ushort InterfaceTun = 0x0001;
    private const ushort InterfaceMultiQueue = 0x0100;
    private const ushort InterfaceNoPacketInformation = 0x1000;
    private const ushort InterfaceVirtioHeader = 0x4000;
    private const nuint OffloadChecksum = 1;
    private const nuint OffloadTso4 = 2;
    private const nuint OffloadTso6 = 4;
    private const nuint OffloadTsoEcn = 8;

    // struct ifreq
    private const int InterfaceRequestSize = 40;
    private const int InterfaceRequestFlags = 16;

    // Reverse path filtering, also the loose kind, drops whatever enters by a device without an IPv4 address. The dummy of RFC
    // 7600 section 4.8 serves.
    public static readonly IpAddress Dummy = IpAddress.Parse("192.0.0.8");

    private readonly TunLinkSettings _settings;
    private readonly RouteNetlink _routes;
    private int _index;
    private volatile int _generation;
    private volatile LinuxException? _lost;
    private volatile bool _hasRoutes;

    /// <summary>The metrics of the IPv6 routes that go before those of other processes.</summary>
    private readonly ConcurrentDictionary<IpAddress, uint> _preferred = new();

    private TunDevice(TunLinkSettings settings, RouteNetlink routes)
    {
        _settings = settings;
        _routes = routes;
        Spread = new FlowSpread(settings.Queues, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        Queues = Make();
    }

    /// <summary>The descriptors of the queues, which stay when the device is made again.</summary>
    public IReadOnlyList<SafeFileHandle> Queues { get; }

    /// <summary>The descriptor of the first queue.</summary>
    public SafeFileHandle Handle => Queues[0];

    /// <summary>Says which queue is a flow's.</summary>
    public FlowSpread Spread { get; }

    /// <summary>Why the device does not bring packets to the queues of their flows; null: it does.</summary>
    public string? NotSteered { get; private set; }

    /// <summary>Times it was made again: what was said of the handle before is of another device.</summary>
    public int Generation => _generation;

    /// <summary>Why it is gone for good; null: it is not.</summary>
    public LinuxException? Lost => _lost;

    /// <summary>What the owner does when the device was made again, or is lost.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>What something else may take away. To be put back in the namespace of the device.</summary>
    public IEnumerable<HostPart> Parts =>
    [
        new($"device {_settings.Name}", EnsureDevice),
        new($"state of {_settings.Name}", EnsureUp),
        new($"address of {_settings.Name}", EnsureAddress),
        .. _settings.Addresses.Select(address => new HostPart($"route to {address}", () => _hasRoutes && EnsureRoute(address))),
    ];

    /// <summary>Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.</summary>
    public static TunDevice Open(TunLinkSettings settings)
    {
        LinuxSupport.Require(LinuxFeatures.TunLink, "a TUN device");
        if (settings.Name.Length is 0 or > MaximumNameLength
            || settings.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new LinuxException(
                $"`{settings.Name}` is no name for a device: use 1 to {MaximumNameLength} letters, digits, `-`, `_` or `.`");
        }

        var routes = new RouteNetlink();
        TunDevice device;
        try
        {
            device = new TunDevice(settings, routes);
        }
        catch (LinuxException)
        {
            routes.Dispose();
            throw;
        }

        try
        {
            device._index = device.Find().Index;
            device.EnsureUp();
            device.EnsureAddress();
            foreach (var address in settings.Addresses) device.Verify(address);
            if (!settings.HasRoutes) return device;
            foreach (var address in settings.Addresses) device.AddRoute(address);
            device._hasRoutes = true;
            return device;
        }
        catch (LinuxException)
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="TunLink.TakeRoutes"/>
    public void TakeRoutes()
    {
        foreach (var address in _settings.Addresses)
        {
            if (_routes.PreferRoute(_index, address) is { } metric) _preferred[address] = metric;
        }

        _hasRoutes = true;
    }

    /// <inheritdoc cref="TunLink.YieldRoutes"/>
    public void YieldRoutes() => _hasRoutes = false;

    /// <inheritdoc cref="TunLink.KeepRoutes"/>
    public void KeepRoutes() => _hasRoutes = true;

    public void Dispose()
    {
        foreach (var queue in Queues) queue.Dispose();
        _routes.Dispose();
    }

    /// <summary>
    /// The device and its queues. A device with several queues would take one more of whoever opens it by its name.
    /// </summary>
    private List<SafeFileHandle> Make()
    {
        if (_routes.FindLink(_settings.Name) is { HasCarrier: true }) throw InUse(_settings.Name);
        var queues = new List<SafeFileHandle>();
        try
        {
            while (queues.Count < _settings.Queues)
            {
                queues.Add(OpenQueue());
                if (queues.Count == 1 && _settings.Queues > 1) Steer(queues[0]);
            }

            return queues;
        }
        catch (LinuxException)
        {
            foreach (var queue in queues) queue.Dispose();
            throw;
        }
    }

    private SafeFileHandle OpenQueue()
    {
        var handle = Libc.open(CloneDevice, Libc.OpenReadWrite | Libc.OpenNonBlocking | Libc.OpenCloseOnExec);
        if (handle.IsInvalid) throw LinuxException.FromLastError($"opening {CloneDevice}");
        try
        {
            Attach(handle, _settings.Name);
            SetOffload(handle, _settings.SegmentationOffload);
            return handle;
        }
        catch (LinuxException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Before the second queue opens, so that no packet is spread otherwise. Without BPF the kernel spreads them.
    /// </summary>
    private void Steer(SafeFileHandle queue)
    {
        try
        {
            if (!_settings.Steering) throw new LinuxException("it is not wanted");
            using var program = TunSteering.Load(Spread);
            var descriptor = (int)program.DangerousGetHandle();
            if (Libc.ioctl(queue, TunSetSteering, &descriptor) != 0) throw LinuxException.FromLastError("TUNSETSTEERINGEBPF");
            NotSteered = null;
        }
        catch (LinuxException error)
        {
            NotSteered = error.Message;
        }
    }

    /// <summary>
    /// The new device takes the place of the old one behind the handle. Where there can be none, for another device has its name
    /// or the privilege is gone, it is lost; where only a resource is short, it is tried again.
    /// </summary>
    private bool EnsureDevice()
    {
        if (_lost is { } lost) throw lost;
        if (_routes.FindLink(_settings.Name)?.Index == _index) return false;
        try
        {
            Replace(Make());
            _index = Find().Index;
            _generation++;
            Changed();
            return true;
        }
        catch (LinuxException error) when (error.ErrorNumber is not (Libc.EMFILE or Libc.ENFILE or Libc.ENOMEM or Libc.ENOBUFS))
        {
            _lost = new LinuxException($"the device {_settings.Name} was taken away and can't be made again: {error.Message}");
            Changed();
            throw;
        }
    }

    private void Replace(List<SafeFileHandle> made)
    {
        try
        {
            for (var i = 0; i < made.Count; i++)
            {
                if (Libc.dup3(made[i], Queues[i], Libc.OpenCloseOnExec) < 0)
                    throw LinuxException.FromLastError("replacing the device's descriptor");
            }
        }
        finally
        {
            foreach (var handle in made) handle.Dispose();
        }
    }

    private bool EnsureUp()
    {
        var link = Find();
        if (link.IsUp && link.Mtu == _settings.Mtu && link.QueueLength == _settings.QueueLength) return false;
        _routes.BringUp(link.Index, _settings.Name, _settings.Mtu, _settings.QueueLength);
        return true;
    }

    /// <summary>
    /// The route by which this device went before that of another process gets the ordinary metric when that process is gone.
    /// </summary>
    private bool EnsureRoute(IpAddress address)
    {
        if (!_preferred.TryGetValue(address, out var metric)) return _routes.AddRoute(_index, address);
        if (_routes.AddRouteOnly(_index, address) && _preferred.TryRemove(address, out _))
            _routes.RemoveRoute(_index, address, metric);
        return false;
    }

    private bool EnsureAddress() => _routes.AddHostAddress(_index, Dummy);

    private LinkDescription Find() =>
        _routes.FindLink(_settings.Name) ?? throw new LinuxException($"the device {_settings.Name} is gone");

    private void Attach(SafeFileHandle handle, string name)
    {
        if (Directory.Exists($"/sys/class/net/{name}") && !IsTun(name)) throw InUse(name);
        var request = stackalloc byte[InterfaceRequestSize];
        new Span<byte>(request, InterfaceRequestSize).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, MaximumNameLength));
        var queues = _settings.Queues > 1 ? InterfaceMultiQueue : 0;
        *(ushort*)(request + InterfaceRequestFlags) =
            (ushort)(InterfaceTun | InterfaceNoPacketInformation | InterfaceVirtioHeader | queues);
        if (Libc.ioctl(handle, TunSetInterface, request) == 0) return;
        var error = LinuxException.FromLastError($"making the TUN device {name}");
        if (_routes.FindLink(name)?.IsMultiQueue is { } isMultiQueue && isMultiQueue != _settings.Queues > 1)
            throw OtherQueues(name, isMultiQueue);
        throw error.ErrorNumber is Libc.EBUSY or Libc.EINVAL or Libc.EEXIST ? InUse(name) : error;
    }

    private static bool IsTun(string name) => File.Exists($"/sys/class/net/{name}/tun_flags");

    private static LinuxException OtherQueues(string name, bool isMultiQueue) => new(isMultiQueue
        ? $"the device {name} was made with multi_queue: let the stack have several loops, or make it without"
        : $"the device {name} was made with one queue: make it with `ip tuntap add {name} mode tun multi_queue`, or let "
            + "the stack have one loop");

    private static LinuxException InUse(string name) =>
        new($"the device {name} is in use: stop what runs on it (`ip -d link show {name}` tells), or choose another name");

    private static void SetOffload(SafeFileHandle handle, bool segmentation)
    {
        var offload = OffloadChecksum | (segmentation ? OffloadTso4 | OffloadTso6 | OffloadTsoEcn : 0);
        if (Libc.ioctl(handle, TunSetOffload, (void*)offload) != 0) throw LinuxException.FromLastError("TUNSETOFFLOAD");
    }

    private void AddRoute(IpAddress address)
    {
        const string WhatToDo = "remove the route that is there, or choose another address";
        if (!_routes.AddRouteOnly(_index, address))
            throw new LinuxException(
                $"{address} can't be routed to {_settings.Name}: {WhatToDo} (`ip route get {address}` shows it)");
    }

    private void Verify(IpAddress address)
    {
        var ip = address.ToIPAddress();
        var isUnicast = !System.Net.IPAddress.IsLoopback(ip) && !ip.IsIPv6Multicast && !ip.IsIPv6LinkLocal
            && !IsUnspecifiedOrClassDOrE(address);
        if (!isUnicast) throw new LinuxException($"{address} is no address that can be routed: choose a unicast address");
        if (!_routes.IsLocal(address)) return;
        throw new LinuxException(
            $"{address} belongs to this host (`ip route get {address}`): the kernel would answer for it. Remove it there, or "
                + "choose another address");
    }

    private static bool IsUnspecifiedOrClassDOrE(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.Write(bytes);
        return !bytes.ContainsAnyExcept((byte)0) || (!address.IsIPv6 && bytes[0] is 0 or >= 224);
    }
}
