namespace ActorStack.Actors.Migration.Handoff;

/// <summary>What a node does with a message of a handoff whose connection has no actor here.</summary>
/// <param name="Arrives">The node prepares to take the connection.</param>
/// <param name="Answer">The answer to the sender; null: none.</param>
/// <param name="Verdict">The verdict that the node remembers from now on; null: the one that it has.</param>
internal readonly record struct HandoffReaction(bool Arrives, HandoffMessage? Answer, HandoffVerdict? Verdict)
{
    private const string NeverPrepared = "this node has not prepared for the connection, or has forgotten it";

    /// <summary>The reaction to a message. A late or repeated question gets the answer that stands.</summary>
    /// <param name="message">The message.</param>
    /// <param name="verdict">The verdict about the connection; null: the node knows nothing of it.</param>
    public static HandoffReaction To(HandoffMessage message, HandoffVerdict? verdict)
    {
        var (connection, epoch) = (message.Connection, message.Epoch);
        return message switch
        {
            HandoffMessage.Prepare when verdict is null || verdict.Epoch < epoch => new HandoffReaction(true, null, null),
            HandoffMessage.Prepare or HandoffMessage.Transfer => ToQuestion(connection, epoch, verdict),
            HandoffMessage.Prepared => new HandoffReaction(false, new HandoffMessage.Abandon(connection, epoch), null),
            HandoffMessage.TakenOver when epoch <= verdict?.Owned =>
                new HandoffReaction(false, new HandoffMessage.Released(connection, epoch), null),
            _ => default,
        };
    }

    private static HandoffReaction ToQuestion(string connection, long epoch, HandoffVerdict? verdict)
    {
        if (epoch <= verdict?.Owned)
            return new HandoffReaction(false, new HandoffMessage.TakenOver(connection, epoch), null);
        var known = verdict is HandoffVerdict.Refused refused && epoch <= refused.Epoch ? refused : null;
        var answer = known ?? new HandoffVerdict.Refused(epoch, HandoffRefusal.Abandoned, NeverPrepared);
        return new HandoffReaction(
            false, new HandoffMessage.Refused(connection, epoch, answer.Reason, answer.Detail), known is null ? answer : null);
    }
}
