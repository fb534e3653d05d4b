using System.Globalization;

namespace ActorStack.Transport.Linux;

/// <summary>Tells what the system lacks, and what to do about it.</summary>
internal static class LinuxSupport
{
    private const int NetworkAdministrationBit = 12;
    private const int SystemAdministrationBit = 21;

    private static readonly string[] ToolFolders =
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>One sentence for each feature of <paramref name="needed"/> that is missing; empty where nothing is.</summary>
    public static IReadOnlyList<string> Missing(LinuxFeatures needed)
    {
        if (!OperatingSystem.IsLinux()) return ["this needs Linux; elsewhere use the in-memory link"];
        var missing = new List<string>();
        if (needed.HasFlag(LinuxFeatures.NetworkAdministration) && !HasCapability(NetworkAdministrationBit))
            missing.Add("CAP_NET_ADMIN is missing: run as root, under `unshare -Urn`, or give the service "
                + "AmbientCapabilities=CAP_NET_ADMIN");
        if (needed.HasFlag(LinuxFeatures.Namespaces) && !HasCapability(SystemAdministrationBit))
            missing.Add("CAP_SYS_ADMIN is missing, so no network namespace can be made: run as root or under `unshare -Urnm`");
        if (needed.HasFlag(LinuxFeatures.Tun) && DescribeTunProblem() is { } problem) missing.Add(problem);
        if (needed.HasFlag(LinuxFeatures.Ip) && FindTool("ip") is null)
            missing.Add("the program `ip` is missing: install iproute2");
        if (needed.HasFlag(LinuxFeatures.NfTables) && FindTool("nft") is null)
            missing.Add("the program `nft` is missing: install nftables");
        return missing;
    }

    /// <summary>Throws <see cref="LinuxException"/> that names all that is missing, with what to do.</summary>
    public static void Require(LinuxFeatures needed, string by)
    {
        var missing = Missing(needed);
        if (missing.Count > 0) throw new LinuxException($"{by} can't work here: {string.Join("; ", missing)}");
    }

    /// <summary>The full path of a program, also where PATH lacks the sbin folders; null where it is not installed.</summary>
    internal static string? FindTool(string name)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(ToolFolders)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static bool HasCapability(int bit)
    {
        const string Field = "CapEff:";
        var line = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        var mask = ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask >> bit & 1) != 0;
    }

    private static string? DescribeTunProblem()
    {
        const string Device = "/dev/net/tun";
        if (!File.Exists(Device))
            return $"{Device} is missing: run `modprobe tun`, in a container add `--device {Device}`";
        using var device = Libc.open(Device, Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        return device.IsInvalid ? $"{Device} can't be opened: give the user access to it, or run as root" : null;
    }
}
