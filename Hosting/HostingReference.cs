using System.Globalization;
using System.Text;
using ActorStack.Actors;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>The HOCON of a stack: options before <c>akka.hocon</c> before the libraries' defaults.</summary>
internal static class HostingReference
{
    /// <summary>The defaults of this assembly and of those below it.</summary>
    public static Config Defaults { get; } =
        ConfigurationFactory.FromResource("ActorStack.Hosting.reference.conf", typeof(HostingReference).Assembly)
            .WithFallback(ActorStackReference.Config);

    /// <summary>The options that were set, as HOCON.</summary>
    public static Config From(ActorStackOptions options)
    {
        var hocon = new StringBuilder();
        Set("tun", Quote(options.Tun));
        Set("mtu", options.Mtu);
        Set("loops", options.Loops);
        Set("node", Quote(options.Node));
        Set("state-directory", Quote(options.StateDirectory));
        Set("engines.kernel", options.Kernel);
        Set("engines.toe", options.Toe);
        Set("engines.toe-capacity", options.ToeCapacity);
        Set("buffers.initial-send-limit", options.InitialSendLimit);
        Set("buffers.send-capacity", options.SendCapacity);
        Set("buffers.initial-receive-limit", options.InitialReceiveLimit);
        Set("buffers.receive-capacity", options.ReceiveCapacity);
        Set("congestion", Quote(options.Congestion));
        Set("pacing", options.Pacing is { } pacing ? (pacing ? "on" : "off") : null);
        Set("ecn", options.Ecn);
        foreach (var (option, value) in options.SocketOptions) Set($"socket-options.{Quote(option)}", Quote(value));
        foreach (var (name, service) in options.Services)
        {
            Set($"services.{Quote(name)}.congestion", Quote(service.Congestion));
            Set($"services.{Quote(name)}.backlog", service.Backlog);
            Set($"services.{Quote(name)}.concurrency", service.Concurrency);
            foreach (var (option, value) in service.SocketOptions) Set($"services.{Quote(name)}.socket-options.{Quote(option)}", Quote(value));
        }

        Set("trace.directory", Quote(options.TraceDirectory));
        Set("trace.maximum-bytes", options.TraceMaximumBytes);
        if (options.TraceServices.Count > 0) Set("trace.services", $"[{string.Join(", ", options.TraceServices.Select(Quote))}]");
        Set("maximum-connections", options.MaximumConnections);
        Set("limits.half-open", options.Limits.HalfOpen);
        Set("limits.half-open-per-source", options.Limits.HalfOpenPerSource);
        Set("limits.connections-per-source", options.Limits.ConnectionsPerSource);
        Set("limits.time-waits", options.Limits.TimeWaits);
        Set("limits.orphans", options.Limits.Orphans);
        Set("limits.challenge-acks-per-second", options.Limits.ChallengeAcksPerSecond);
        Set("limits.memory.low", options.Limits.Memory.Low);
        Set("limits.memory.pressure", options.Limits.Memory.Pressure);
        Set("limits.memory.high", options.Limits.Memory.High);
        Set("limits.memory.fragments", options.Limits.Memory.Fragments);
        Set("ended-kept", options.EndedKept);
        Set("migration-timeout", Milliseconds(options.MigrationTimeout));
        Set("drain-limit", Milliseconds(options.DrainLimit));
        if (options.Addresses.Count > 0) Set("addresses", $"[{string.Join(", ", options.Addresses.Select(Quote))}]");
        return ConfigurationFactory.ParseString(hocon.ToString());

        void Set(string key, object? value)
        {
            if (value is not null) hocon.AppendLine(CultureInfo.InvariantCulture, $"actorstack.{key} = {value}");
        }
    }

    /// <summary>Gives the phase of the coordinated shutdown in which the stack stops the time that it needs.</summary>
    /// <exception cref="StackStartException">The drain limit is not valid.</exception>
    public static Config ShutdownPhase(Config config)
    {
        var time = HoconSection.OfStack(config).Time("drain-limit", OptionRanges.DrainLimit) + TimeSpan.FromSeconds(10);
        return ConfigurationFactory.ParseString($"akka.coordinated-shutdown.phases.{CoordinatedShutdown.PhaseServiceUnbind}.timeout = {Milliseconds(time)}");
    }

    private static string? Milliseconds(TimeSpan? time) => time is { } t ? FormattableString.Invariant($"{t.TotalMilliseconds:0}ms") : null;

    private static string? Quote(string? text) => text is null ? null : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
