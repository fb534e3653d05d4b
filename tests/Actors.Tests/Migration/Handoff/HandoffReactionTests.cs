using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>What a node answers for a connection that has no actor here, from what it remembers.</summary>
public sealed class HandoffReactionTests
{
    private const string Connection = "c";

    private readonly HandoffRegister _register = new();

    [Fact]
    public void A_question_about_an_epoch_that_the_node_had_gets_the_same_answer_after_a_later_refusal()
    {
        _register.Remember(Connection, new HandoffVerdict.Had(4));
        _register.Remember(Connection, new HandoffVerdict.Refused(6, HandoffRefusal.NoCapacity, "full"));

        Assert.Equal(new HandoffMessage.TakenOver(Connection, 3), React(Transfer(3)));
        Assert.Equal(new HandoffMessage.TakenOver(Connection, 4), React(Prepare(4)));
        Assert.Equal(new HandoffMessage.Released(Connection, 4), React(new HandoffMessage.TakenOver(Connection, 4)));
        Assert.Equal(new HandoffMessage.Refused(Connection, 5, HandoffRefusal.NoCapacity, "full"), React(Transfer(5)));
        Assert.Equal(new HandoffMessage.Refused(Connection, 6, HandoffRefusal.NoCapacity, "full"), React(Prepare(6)));
    }

    [Fact]
    public void An_epoch_that_was_refused_without_a_preparation_is_refused_for_ever()
    {
        Assert.Equal(HandoffRefusal.Abandoned, Assert.IsType<HandoffMessage.Refused>(React(Transfer(3))).Reason);

        Assert.Equal(3, Assert.IsType<HandoffMessage.Refused>(React(Prepare(3))).Epoch);
        Assert.True(HandoffReaction.To(Prepare(4), _register.Find(Connection)).Arrives);
    }

    [Fact]
    public void An_answer_to_a_source_that_has_no_connection_any_more_ends_the_preparation() =>
        Assert.Equal(new HandoffMessage.Abandon(Connection, 2), React(new HandoffMessage.Prepared(Connection, 2)));

    private static HandoffMessage.Prepare Prepare(long epoch) =>
        new(Connection, epoch, new HandoffOffer("10.0.0.1:7", "10.0.0.2:40000", "echo", 1, 0, 0));

    private static HandoffMessage.Transfer Transfer(long epoch) => new(Connection, epoch, [], null, 0);

    private HandoffMessage? React(HandoffMessage message)
    {
        var reaction = HandoffReaction.To(message, _register.Find(Connection));
        Assert.False(reaction.Arrives);
        if (reaction.Verdict is { } verdict) _register.Remember(Connection, verdict);
        return reaction.Answer;
    }
}
