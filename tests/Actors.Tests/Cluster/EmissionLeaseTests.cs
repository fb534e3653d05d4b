using ActorStack.Actors.Cluster;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Cluster;

public sealed class EmissionLeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    private readonly EmissionLease _lease = new(Length);

    [Fact]
    public void A_node_that_is_no_member_has_no_lease()
    {
        Assert.False(_lease.Holds(TimeSpan.Zero));
        _lease.OnHeard("b", At(1));
        Assert.False(_lease.Holds(At(1)));
    }

    [Fact]
    public void A_member_alone_needs_nobody()
    {
        _lease.SetMembers(isMember: true, []);
        Assert.True(_lease.Holds(At(1_000_000)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(7, 3)]
    public void The_majority_of_the_members_must_have_heard_the_node(int members, int answers)
    {
        _lease.SetMembers(isMember: true, Peers(members - 1));
        for (var i = 0; i < answers; i++)
        {
            Assert.False(_lease.Holds(At(10)));
            _lease.OnHeard($"peer-{i}", At(10));
        }

        Assert.True(_lease.Holds(At(10)));
    }

    [Fact]
    public void The_lease_ends_its_length_after_the_question_that_completed_the_majority()
    {
        _lease.SetMembers(isMember: true, Peers(4));
        _lease.OnHeard("peer-0", At(10));
        _lease.OnHeard("peer-1", At(11));
        _lease.OnHeard("peer-2", At(12));
        Assert.True(_lease.Holds(At(11) + Length));
        Assert.False(_lease.Holds(At(11) + Length + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_late_answer_counts_from_its_question()
    {
        _lease.SetMembers(isMember: true, Peers(1));
        _lease.OnHeard("peer-0", At(10));
        _lease.OnHeard("peer-0", At(9));
        Assert.True(_lease.Holds(At(12)));
        Assert.False(_lease.Holds(At(13)));
    }

    [Fact]
    public void A_peer_heard_before_it_became_a_member_counts_at_once()
    {
        _lease.SetMembers(isMember: true, []);
        _lease.OnHeard("peer-0", At(10));
        _lease.SetMembers(isMember: true, Peers(1));
        Assert.True(_lease.Holds(At(12)));
    }

    [Fact]
    public void A_member_that_nobody_heard_yet_does_not_count()
    {
        _lease.SetMembers(isMember: true, []);
        _lease.SetMembers(isMember: true, Peers(1));
        Assert.False(_lease.Holds(At(10)));
    }

    [Fact]
    public void Contacts_with_a_node_that_was_removed_are_forgotten()
    {
        _lease.SetMembers(isMember: true, Peers(2));
        _lease.OnHeard("peer-0", At(10));
        _lease.Forget("peer-0");
        Assert.False(_lease.Holds(At(10)));
    }

    [Fact]
    public void Others_that_leave_give_the_lease_to_the_last_member()
    {
        _lease.SetMembers(isMember: true, Peers(2));
        _lease.SetMembers(isMember: true, []);
        Assert.True(_lease.Holds(At(100)));
    }

    [Fact]
    public void Reading_the_lease_allocates_nothing()
    {
        _lease.SetMembers(isMember: true, Peers(2));
        _lease.OnHeard("peer-0", At(10));
        Assert.Equal(0, Allocations.Least(() => _lease.Holds(At(11))));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string[] Peers(int count) => [.. Enumerable.Range(0, count).Select(i => $"peer-{i}")];
}
