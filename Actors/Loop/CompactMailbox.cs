using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorStack.Actors.Loop;

/// <summary>
/// The mailbox type of connections. There are many connections and most are idle, but Akka's own queue takes a kilobyte before
/// the first message.
/// </summary>
internal sealed class CompactMailbox(
    Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<CompactMessageQueue>
{
    public const string Id = "actorstack.connection-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new CompactMessageQueue();
}
