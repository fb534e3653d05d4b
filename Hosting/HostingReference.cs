using System.Globalization;
using System.Text;
using ActorStack.Actors;
using ActorStack.Hosting.Options;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>The HOCON of a stack: options override <c>akka.hocon</c>, which overrides the libraries' defaults.</summary>
internal static class HostingReference
{
    /// <summary>The time that the stack needs at a stop in addition to the drain limit.</summary>
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Akka's clock wakes three threads at each tick, also where nothing is due: at 10 ms, Akka's own default, an idle service
    /// takes twice the processor time. No timer of a connection depends on it.
    /// </summary>
    private const string Clock = "akka.scheduler.tick-duration = 100ms";

    /// <summary>
    /// The host handles SIGTERM and stops its services in their order. Akka would otherwise stop the stack at once on its own,
    /// while a server above it still drains.
    /// </summary>
    private const string Signals = "akka.coordinated-shutdown.run-by-clr-shutdown-hook = off";

    /// <summary>The defaults of this assembly and of the assemblies below it.</summary>
    public static Config Defaults { get; } =
        ConfigurationFactory.FromResource("ActorStack.Hosting.reference.conf", typeof(HostingReference).Assembly)
            .WithFallback(ConfigurationFactory.ParseString(Clock))
            .WithFallback(ConfigurationFactory.ParseString(Signals))
            .WithFallback(ActorStackReference.Config);

    /// <summary>The options that were set, as HOCON.</summary>
    public static Config From(ActorStackOptions options)
    {
        var hocon = new StringBuilder();
        foreach (var (key, value) in StackOptionTable.Table.Settings(options))
            hocon.AppendLine(CultureInfo.InvariantCulture, $"actorstack.{key} = {value}");
        return ConfigurationFactory.ParseString(hocon.ToString());
    }

    /// <summary>Sets the timeout of the coordinated shutdown's phase in which the stack stops.</summary>
    /// <exception cref="StackStartException">The drain limit is not valid.</exception>
    public static Config ShutdownPhase(Config config)
    {
        var time = HoconSection.OfStack(config).Read(StackOptionTable.DrainLimit) + ShutdownMargin;
        var phase = $"akka.coordinated-shutdown.phases.{CoordinatedShutdown.PhaseServiceUnbind}";
        return ConfigurationFactory.ParseString($"{phase}.timeout = {StackOptionTable.DrainLimit.Type.Write(time)}");
    }
}
