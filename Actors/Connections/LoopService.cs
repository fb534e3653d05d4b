using ActorStack.Transport.Host;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A service on one loop.</summary>
/// <param name="Service">The part of the service that all loops share.</param>
/// <param name="Listener">The listener on the loop's host.</param>
/// <param name="Actor">The parent of the service's connections on this loop.</param>
internal sealed record LoopService(Service Service, Listener Listener, IActorRef Actor);
