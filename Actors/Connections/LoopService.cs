using ActorStack.Transport.Host;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A service on one loop.</summary>
/// <param name="Service">What the loops share of it.</param>
/// <param name="Listener">The listener of the loop's host.</param>
/// <param name="Actor">The parent of the connections' actors on this loop.</param>
internal sealed record LoopService(Service Service, Listener Listener, IActorRef Actor);
