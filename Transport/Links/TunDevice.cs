using System.Text;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Links;

/// <summary>Makes a TUN device, brings it up and routes the virtual addresses to it. The device and its routes go with its handle.</summary>
internal static unsafe class TunDevice
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

    /// <summary>Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.</summary>
    public static SafeFileHandle Open(TunLinkSettings settings)
    {
        LinuxSupport.Require(LinuxFeatures.TunLink, "a TUN device");
        if (settings.Name.Length is 0 or > MaximumNameLength || settings.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new LinuxException($"`{settings.Name}` is no name for a device: use 1 to {MaximumNameLength} letters, digits, `-`, `_` or `.`");
        var handle = Libc.open(CloneDevice, Libc.OpenReadWrite | Libc.OpenNonBlocking | Libc.OpenCloseOnExec);
        if (handle.IsInvalid) throw LinuxException.FromLastError($"opening {CloneDevice}");
        try
        {
            Attach(handle, settings.Name);
            SetOffload(handle, settings.SegmentationOffload);
            BringUp(settings);
            AddDummyAddress(settings.Name);
            foreach (var address in settings.Addresses) AddRoute(settings.Name, address);
            return handle;
        }
        catch (Exception)
        {
            handle.Dispose();
            throw;
        }
    }

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

    // The kernel is to send nothing of its own to the stack. Without a link-local address there is no duplicate address detection
    // and no router solicitation; without multicast there is no MLD report, which it owes for the all-routers groups where it
    // forwards. Both hold from the first moment only if they are set before the device is up.
    private static void BringUp(TunLinkSettings settings)
    {
        Tool.Run("ip",
        [
            "link", "set", "dev", settings.Name, "mtu", settings.Mtu.ToString(), "txqueuelen", settings.QueueLength.ToString(),
            "multicast", "off", "addrgenmode", "none",
        ]);
        Tool.Run("ip", ["link", "set", "dev", settings.Name, "up"]);
    }

    // Reverse path filtering, also the loose kind, drops whatever enters by a device without an IPv4 address. The dummy of RFC 7600
    // section 4.8 serves; of host scope, it is never chosen as a source.
    private static void AddDummyAddress(string device) => Tool.Run("ip", ["address", "add", "192.0.0.8/32", "dev", device, "scope", "host"]);

    private static void AddRoute(string device, IpAddress address)
    {
        Verify(address);
        var prefix = $"{address}/{address.Length * 8}";
        try
        {
            Tool.Run("ip", ["route", "add", prefix, "dev", device]);
        }
        catch (LinuxException error)
        {
            throw new LinuxException($"{address} can't be routed to {device}: remove the route that is there, or choose another address ({error.Message})");
        }
    }

    private static void Verify(IpAddress address)
    {
        var ip = address.ToIPAddress();
        var isUnicast = !System.Net.IPAddress.IsLoopback(ip) && !ip.IsIPv6Multicast && !ip.IsIPv6LinkLocal && !address.IsUnspecifiedOrClassDOrE();
        if (!isUnicast) throw new LinuxException($"{address} is no address that can be routed: choose a unicast address");
        string[] family = address.IsIPv6 ? ["-6"] : ["-4"];
        var route = Tool.Run("ip", [.. family, "route", "show", "table", "local", "type", "local", $"{address}"]);
        if (route.Trim().Length > 0)
        {
            throw new LinuxException(
                $"{address} belongs to this host ({route.Trim()}): the kernel would answer for it. Remove it there, or choose another address");
        }
    }

    private static bool IsUnspecifiedOrClassDOrE(this IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.Write(bytes);
        return !bytes.ContainsAnyExcept((byte)0) || (!address.IsIPv6 && bytes[0] is 0 or >= 224);
    }
}
