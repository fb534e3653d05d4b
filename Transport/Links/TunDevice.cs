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
    private const ushort InterfaceTun = 0x0001;
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
    private static readonly IpAddress Dummy = IpAddress.Parse("192.0.0.8");

    private readonly TunLinkSettings _settings;
    private readonly RouteNetlink _routes;
    private int _index;
    private volatile int _generation;
    private volatile LinuxException? _lost;

    private TunDevice(TunLinkSettings settings, RouteNetlink routes, SafeFileHandle handle)
    {
        _settings = settings;
        _routes = routes;
        Handle = handle;
    }

    public SafeFileHandle Handle { get; }

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
        .. _settings.Addresses.Select(address => new HostPart($"route to {address}", () => _routes.AddRoute(_index, address))),
    ];

    /// <summary>Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.</summary>
    public static TunDevice Open(TunLinkSettings settings)
    {
        LinuxSupport.Require(LinuxFeatures.TunLink, "a TUN device");
        if (settings.Name.Length is 0 or > MaximumNameLength || settings.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new LinuxException($"`{settings.Name}` is no name for a device: use 1 to {MaximumNameLength} letters, digits, `-`, `_` or `.`");
        var routes = new RouteNetlink();
        TunDevice device;
        try
        {
            device = new TunDevice(settings, routes, Make(settings));
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
            foreach (var address in settings.Addresses) device.AddRoute(address);
            return device;
        }
        catch (LinuxException)
        {
            device.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Handle.Dispose();
        _routes.Dispose();
    }

    private static SafeFileHandle Make(TunLinkSettings settings)
    {
        var handle = Libc.open(CloneDevice, Libc.OpenReadWrite | Libc.OpenNonBlocking | Libc.OpenCloseOnExec);
        if (handle.IsInvalid) throw LinuxException.FromLastError($"opening {CloneDevice}");
        try
        {
            Attach(handle, settings.Name);
            SetOffload(handle, settings.SegmentationOffload);
            return handle;
        }
        catch (LinuxException)
        {
            handle.Dispose();
            throw;
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
            using var made = Make(_settings);
            if (Libc.dup3(made, Handle, Libc.OpenCloseOnExec) < 0) throw LinuxException.FromLastError("replacing the device's descriptor");
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

    private bool EnsureUp()
    {
        var link = Find();
        if (link.IsUp && link.Mtu == _settings.Mtu && link.QueueLength == _settings.QueueLength) return false;
        _routes.BringUp(link.Index, _settings.Name, _settings.Mtu, _settings.QueueLength);
        return true;
    }

    private bool EnsureAddress() => _routes.AddHostAddress(_index, Dummy);

    private LinkDescription Find() => _routes.FindLink(_settings.Name) ?? throw new LinuxException($"the device {_settings.Name} is gone");

    private static void Attach(SafeFileHandle handle, string name)
    {
        if (Directory.Exists($"/sys/class/net/{name}") && !IsTun(name)) throw InUse(name);
        var request = stackalloc byte[InterfaceRequestSize];
        new Span<byte>(request, InterfaceRequestSize).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, MaximumNameLength));
        *(ushort*)(request + InterfaceRequestFlags) = InterfaceTun | InterfaceNoPacketInformation | InterfaceVirtioHeader;
        if (Libc.ioctl(handle, TunSetInterface, request) == 0) return;
        var error = LinuxException.FromLastError($"making the TUN device {name}");
        throw error.ErrorNumber is Libc.EBUSY or Libc.EINVAL or Libc.EEXIST ? InUse(name) : error;
    }

    private static bool IsTun(string name) => File.Exists($"/sys/class/net/{name}/tun_flags");

    private static LinuxException InUse(string name) =>
        new($"the device {name} is in use: stop what runs on it (`ip -d link show {name}` tells), or choose another name");

    private static void SetOffload(SafeFileHandle handle, bool segmentation)
    {
        var offload = OffloadChecksum | (segmentation ? OffloadTso4 | OffloadTso6 | OffloadTsoEcn : 0);
        if (Libc.ioctl(handle, TunSetOffload, (void*)offload) != 0) throw LinuxException.FromLastError("TUNSETOFFLOAD");
    }

    private void AddRoute(IpAddress address)
    {
        Verify(address);
        const string WhatToDo = "remove the route that is there, or choose another address";
        if (!_routes.AddRouteOnly(_index, address))
            throw new LinuxException($"{address} can't be routed to {_settings.Name}: {WhatToDo} (`ip route get {address}` shows it)");
    }

    private void Verify(IpAddress address)
    {
        var ip = address.ToIPAddress();
        var isUnicast = !System.Net.IPAddress.IsLoopback(ip) && !ip.IsIPv6Multicast && !ip.IsIPv6LinkLocal && !IsUnspecifiedOrClassDOrE(address);
        if (!isUnicast) throw new LinuxException($"{address} is no address that can be routed: choose a unicast address");
        if (!_routes.IsLocal(address)) return;
        throw new LinuxException(
            $"{address} belongs to this host (`ip route get {address}`): the kernel would answer for it. Remove it there, or choose another address");
    }

    private static bool IsUnspecifiedOrClassDOrE(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.Write(bytes);
        return !bytes.ContainsAnyExcept((byte)0) || (!address.IsIPv6 && bytes[0] is 0 or >= 224);
    }
}
