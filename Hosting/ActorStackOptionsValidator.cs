using ActorStack.Actors;
using ActorStack.Transport.Tcp.Congestion;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Checks what can be checked before anything is touched; every message says what to do.</summary>
internal sealed class ActorStackOptionsValidator(IEnumerable<ConnectionHandlerRegistration> handlers)
    : IValidateOptions<ActorStackOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorStackOptions options)
    {
        var failures = new List<string>();
        if (options.Node is { } node && !NodeName.IsValid(node)) failures.Add($"Node name '{node}' is not valid. {NodeName.WhatToDo}");
        CheckDevice(options, failures);
        CheckRange(options.Loops, nameof(options.Loops), OptionRanges.Loops, failures);
        foreach (var address in options.Addresses) CheckAddress(address, failures);
        CheckServices(failures);
        CheckRange(options.InitialSendLimit, nameof(options.InitialSendLimit), OptionRanges.Buffer, failures);
        CheckRange(options.InitialReceiveLimit, nameof(options.InitialReceiveLimit), OptionRanges.Buffer, failures);
        CheckRange(options.TraceMaximumBytes, nameof(options.TraceMaximumBytes), OptionRanges.Trace, failures);
        CheckRange(options.SendCapacity, nameof(options.SendCapacity), OptionRanges.Buffer, failures);
        CheckRange(options.ReceiveCapacity, nameof(options.ReceiveCapacity), OptionRanges.Buffer, failures);
        CheckRange(options.MaximumConnections, nameof(options.MaximumConnections), OptionRanges.MaximumConnections, failures);
        CheckLimits(options.Limits, failures);
        CheckRange(options.EndedKept, nameof(options.EndedKept), OptionRanges.EndedKept, failures);
        CheckRange(options.ToeCapacity, nameof(options.ToeCapacity), OptionRanges.ToeCapacity, failures);
        CheckCongestion(options.Congestion, failures);
        foreach (var (service, settled) in options.Services) CheckService(service, settled, failures);
        CheckTime(options.MigrationTimeout, nameof(options.MigrationTimeout), OptionRanges.MigrationTimeout, failures);
        CheckTime(options.DrainLimit, nameof(options.DrainLimit), OptionRanges.DrainLimit, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckDevice(ActorStackOptions options, List<string> failures)
    {
        if (options.Tun is { } tun && !DeviceName.IsValid(tun)) failures.Add($"Device name '{tun}' is not valid. {DeviceName.WhatToDo}");
        CheckRange(options.Mtu, nameof(options.Mtu), OptionRanges.Mtu(options.Addresses.Any(a => a.Contains(':'))), failures);
    }

    private static void CheckAddress(string text, List<string> failures)
    {
        if (AddressRefusal.Of(text) is { } refusal) failures.Add($"{refusal.Message} {refusal.WhatToDo}");
    }

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
        CheckRange(limits.HalfOpen, $"Limits:{nameof(limits.HalfOpen)}", OptionRanges.Limit, failures);
        CheckRange(limits.HalfOpenPerSource, $"Limits:{nameof(limits.HalfOpenPerSource)}", OptionRanges.Limit, failures);
        CheckRange(limits.ConnectionsPerSource, $"Limits:{nameof(limits.ConnectionsPerSource)}", OptionRanges.Limit, failures);
        CheckRange(limits.TimeWaits, $"Limits:{nameof(limits.TimeWaits)}", OptionRanges.Limit, failures);
        CheckRange(limits.Orphans, $"Limits:{nameof(limits.Orphans)}", OptionRanges.Limit, failures);
        CheckRange(limits.ChallengeAcksPerSecond, $"Limits:{nameof(limits.ChallengeAcksPerSecond)}", OptionRanges.ChallengeAcksPerSecond, failures);
        CheckRange(limits.Memory.Low, $"Limits:Memory:{nameof(limits.Memory.Low)}", OptionRanges.Memory, failures);
        CheckRange(limits.Memory.Pressure, $"Limits:Memory:{nameof(limits.Memory.Pressure)}", OptionRanges.Memory, failures);
        CheckRange(limits.Memory.High, $"Limits:Memory:{nameof(limits.Memory.High)}", OptionRanges.Memory, failures);
    }

    private static void CheckService(string name, ServiceOptions service, List<string> failures)
    {
        CheckCongestion(service.Congestion, failures);
        CheckRange(service.Backlog, $"Services:{name}:{nameof(service.Backlog)}", OptionRanges.Backlog, failures);
        CheckRange(service.Concurrency, $"Services:{name}:{nameof(service.Concurrency)}", OptionRanges.Concurrency, failures);
    }

    private static void CheckRange(long? value, string name, ValueRange<long> range, List<string> failures)
    {
        if (value is { } given && !range.Contains(given)) failures.Add($"{name} is {given}; give a value {range}.");
    }

    private static void CheckCongestion(string? name, List<string> failures)
    {
        if (name is not null && !CongestionControls.Names.Contains(name))
            failures.Add($"There is no congestion control '{name}'; choose one of {CongestionControls.List}.");
    }

    private static void CheckTime(TimeSpan? value, string name, ValueRange<TimeSpan> range, List<string> failures)
    {
        if (value is { } given && !range.Contains(given)) failures.Add($"{name} is {given}; give a time {range}.");
    }
}
