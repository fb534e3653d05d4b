using System.Globalization;
using ActorStack.Hosting.Options;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Hosting.Cluster;

/// <summary>The HOCON of Akka.Cluster that the options of the cluster stand for.</summary>
internal static class ClusterHocon
{
    /// <summary>The time that a node needs after the drain limit to end the move of its last connections.</summary>
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    public static Config Of(ClusterSettings settings, TimeSpan drainLimit)
    {
        if (!settings.IsEnabled) return Config.Empty;
        return ConfigurationFactory.ParseString(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            akka.actor.provider = cluster
            # The heartbeats need finer times than a service alone.
            akka.scheduler.tick-duration = 10ms
            akka.remote.dot-netty.tcp {
              hostname = {{TextType.Quote(settings.Host)}}
              port = {{settings.Port}}
              enable-ssl = {{(settings.Certificate.Length > 0 ? "on" : "off")}}
              # On Linux .NET would let two processes listen on one port; a port in TIME-WAIT can be taken without it.
              tcp-reuse-addr = off
            }
            akka.cluster {
              roles = [{{string.Join(", ", settings.Roles.Select(TextType.Quote))}}]
              downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
              failure-detector {
                heartbeat-interval = 500ms
                acceptable-heartbeat-pause = {{Write(settings.AcceptablePause)}}
              }
              split-brain-resolver {
                active-strategy = keep-majority
                stable-after = {{Write(settings.StableAfter)}}
              }
              # A node that starts again at the address of one that was killed waits for the removal of the earlier one.
              retry-unsuccessful-join-after = 2s
            }
            akka.coordinated-shutdown.phases.{{CoordinatedShutdown.PhaseBeforeServiceUnbind}} {
              timeout = {{Write(drainLimit + DrainMargin)}}
            }
            """));
    }

    private static string Write(TimeSpan time) => StackOptionTable.DrainLimit.Type.Write(time);
}
