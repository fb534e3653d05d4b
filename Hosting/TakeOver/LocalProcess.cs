using ActorStack.Actors;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Transport.Links;
using Akka.Actor;

namespace ActorStack.Hosting.TakeOver;

/// <summary>What another process takes over of this one.</summary>
/// <param name="Stack">The stack.</param>
/// <param name="Link">Its device.</param>
/// <param name="Forwarder">Brings segments to the process that has their connection.</param>
/// <param name="CountConnections">The connections that are here.</param>
internal sealed record LocalProcess(IActorRef Stack, TunLink Link, DeviceForwarder Forwarder, Func<long> CountConnections)
{
    public int Connections => (int)CountConnections();

    /// <summary>Asks the stack.</summary>
    /// <returns>The answer; null where it refuses for now.</returns>
    /// <exception cref="InvalidOperationException">The stack refuses.</exception>
    public async Task<T?> TryAskAsync<T>(object question, TimeSpan limit, CancellationToken cancellation)
        where T : class =>
        await Stack.Ask<object>(question, limit, cancellation) switch
        {
            T answer => answer,
            StackProtocol.Failed { Code: FailureCode.NotNow } => null,
            StackProtocol.Failed failed => throw new InvalidOperationException(failed.Message),
            var other => throw new InvalidOperationException($"the stack answered with {other.GetType().Name}"),
        };

    /// <summary>Asks the stack what it never refuses.</summary>
    /// <exception cref="InvalidOperationException">The stack refuses.</exception>
    public async Task<T> AskAsync<T>(object question, TimeSpan limit, CancellationToken cancellation)
        where T : class =>
        await TryAskAsync<T>(question, limit, cancellation)
            ?? throw new InvalidOperationException($"the stack refused {question.GetType().Name}");
}
