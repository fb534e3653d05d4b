using System.Net;
using System.Net.Sockets;
using ActorStack.Transport.Tcp.Congestion;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Checks what can be checked before anything is touched; every message says what to do.</summary>
internal sealed class ActorStackOptionsValidator(IEnumerable<ConnectionHandlerRegistration> handlers)
    : IValidateOptions<ActorStackOptions>
{
    private const int LongestDeviceName = 15;
    private const int LeastCapacity = 4 * 1024;
    private const int MostCapacity = 1024 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, ActorStackOptions options)
    {
        var failures = new List<string>();
        CheckDevice(options, failures);
        foreach (var address in options.Addresses) CheckAddress(address, failures);
        CheckServices(failures);
        CheckRange(options.InitialSendLimit, nameof(options.InitialSendLimit), LeastCapacity, MostCapacity, failures);
        CheckRange(options.InitialReceiveLimit, nameof(options.InitialReceiveLimit), LeastCapacity, MostCapacity, failures);
        CheckRange(options.TraceMaximumBytes, nameof(options.TraceMaximumBytes), LeastCapacity, MostCapacity, failures);
        CheckRange(options.SendCapacity, nameof(options.SendCapacity), LeastCapacity, MostCapacity, failures);
        CheckRange(options.ReceiveCapacity, nameof(options.ReceiveCapacity), LeastCapacity, MostCapacity, failures);
        CheckRange(options.MaximumConnections, nameof(options.MaximumConnections), 1, int.MaxValue, failures);
        CheckLimits(options.Limits, failures);
        CheckRange(options.EndedKept, nameof(options.EndedKept), 0, int.MaxValue, failures);
        CheckRange(options.ToeCapacity, nameof(options.ToeCapacity), 1, 1_000_000, failures);
        CheckCongestion(options.Congestion, failures);
        foreach (var service in options.Services.Values) CheckCongestion(service.Congestion, failures);
        CheckTime(options.MigrationTimeout, nameof(options.MigrationTimeout), failures);
        CheckTime(options.DrainLimit, nameof(options.DrainLimit), failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckDevice(ActorStackOptions options, List<string> failures)
    {
        if (options.Tun is { } tun && (tun.Length is 0 or > LongestDeviceName || tun.Any(c => c is '/' or ':' or '%' || char.IsWhiteSpace(c))))
            failures.Add($"Device name '{tun}' is not valid; give 1 to {LongestDeviceName} characters without '/', ':', '%' and spaces.");

        var least = options.Addresses.Any(a => a.Contains(':')) ? 1280 : 576;
        CheckRange(options.Mtu, nameof(options.Mtu), least, ushort.MaxValue, failures);
    }

    private static void CheckAddress(string text, List<string> failures)
    {
        if (!VirtualAddress.TryParse(text, out var address))
            failures.Add($"Address '{text}' is not an address with prefix length; write it as 10.9.0.1/32 or fd00:9::1/128.");
        else if (address.PrefixLength != address.LongestPrefix)
            failures.Add($"Address {text} is a prefix; the stack serves single addresses: write {address.Address}/{address.LongestPrefix}.");
        else if (WhyNotRoutable(address.Address) is { } why)
            failures.Add($"Address {text} is not routable: {why}. Give a unicast address that the peers route to this host.");
    }

    private static string? WhyNotRoutable(IPAddress address) => address switch
    {
        _ when IPAddress.IsLoopback(address) => "it is a loopback address",
        _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "it is the unspecified address",
        _ when address.Equals(IPAddress.Broadcast) => "it is the broadcast address",
        { IsIPv6Multicast: true } => "it is a multicast address",
        { IsIPv6LinkLocal: true } => "it is a link-local address",
        { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes()[0] is >= 224 => "it is a multicast or reserved address",
        { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes()[0] == 0 => "it is in 0.0.0.0/8",
        _ => null,
    };

    private void CheckServices(List<string> failures)
    {
        foreach (var taken in handlers.GroupBy(h => h.Port).Where(g => g.Count() > 1))
        {
            var names = string.Join(" and ", taken.Select(h => h.Name));
            failures.Add($"Port {taken.Key} is in use: {names} both want it; give each service a port of its own.");
        }
    }

    private static void CheckLimits(LimitOptions limits, List<string> failures)
    {
        CheckRange(limits.HalfOpen, $"Limits:{nameof(limits.HalfOpen)}", 0, int.MaxValue, failures);
        CheckRange(limits.HalfOpenPerSource, $"Limits:{nameof(limits.HalfOpenPerSource)}", 0, int.MaxValue, failures);
        CheckRange(limits.ConnectionsPerSource, $"Limits:{nameof(limits.ConnectionsPerSource)}", 0, int.MaxValue, failures);
        CheckRange(limits.TimeWaits, $"Limits:{nameof(limits.TimeWaits)}", 0, int.MaxValue, failures);
        CheckRange(limits.Orphans, $"Limits:{nameof(limits.Orphans)}", 0, int.MaxValue, failures);
        CheckRange(limits.ChallengeAcksPerSecond, $"Limits:{nameof(limits.ChallengeAcksPerSecond)}", 1, int.MaxValue, failures);
        CheckRange(limits.Memory.Low, $"Limits:Memory:{nameof(limits.Memory.Low)}", 0, long.MaxValue, failures);
        CheckRange(limits.Memory.Pressure, $"Limits:Memory:{nameof(limits.Memory.Pressure)}", 0, long.MaxValue, failures);
        CheckRange(limits.Memory.High, $"Limits:Memory:{nameof(limits.Memory.High)}", 0, long.MaxValue, failures);
    }

    private static void CheckRange(long? value, string name, long least, long most, List<string> failures)
    {
        if (value < least || value > most)
            failures.Add($"{name} is {value}; give a value from {least} to {most}.");
    }

    private static void CheckCongestion(string? name, List<string> failures)
    {
        if (name is not null && !CongestionControls.Names.Contains(name))
            failures.Add($"There is no congestion control '{name}'; choose one of {CongestionControls.List}.");
    }

    private static void CheckTime(TimeSpan? value, string name, List<string> failures)
    {
        if (value < TimeSpan.Zero) failures.Add($"{name} is {value}; give a time that is not negative.");
    }
}
