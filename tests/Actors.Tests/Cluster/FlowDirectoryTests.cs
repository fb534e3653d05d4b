using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>The directories of several nodes over the simulated cluster, in virtual time.</summary>
public sealed class FlowDirectoryTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly FlowKey Flow = FlowOf(1);

    private readonly SimulatedCluster _cluster =
        new(new SimulatedClusterSettings { GreatestDelay = TimeSpan.FromMilliseconds(2) });
    private readonly Dictionary<string, FlowDirectory> _directories = [];

    public void Dispose()
    {
        foreach (var directory in _directories.Values) directory.Dispose();
    }

    [Fact]
    public void A_flow_is_found_from_every_node()
    {
        Start("a", "b", "c");
        _directories["a"].Announce(Flow, 3);
        Pass(Step * 5);
        Assert.All(_directories.Keys, node => Assert.Equal(new FlowLookup("a", 3, true), Find(node, Flow)));
    }

    [Fact]
    public void A_flow_that_moved_has_its_new_owner_whatever_arrives_last()
    {
        Start("a", "b", "c");
        _directories["a"].Announce(Flow, 1);
        _directories["b"].Announce(Flow, 2);
        Pass(Step * 5);
        _directories["a"].Withdraw(Flow);
        Pass(Step * 5);
        Assert.Equal(("b", 2), Find("c", Flow) is var found ? (found.Owner, found.Epoch) : default);
    }

    [Fact]
    public void A_flow_that_ended_has_no_owner_and_the_answer_is_settled()
    {
        Start("a", "b", "c");
        _directories["a"].Announce(Flow, 1);
        Pass(Step * 5);
        _directories["a"].Withdraw(Flow);
        Pass(Step * 5);
        Assert.All(_directories.Keys, node => Assert.Equal(new FlowLookup(null, 0, true), Find(node, Flow)));
    }

    [Fact]
    public void An_unknown_flow_is_not_settled_until_the_owners_had_time_after_a_change()
    {
        Start("a", "b");
        Join("c");
        Pass(Step);
        Assert.False(Find("a", Flow).IsSettled);
        Pass(TimeSpan.FromSeconds(1.1));
        Assert.Equal(new FlowLookup(null, 0, true), Find("a", Flow));
    }

    [Fact]
    public void What_a_new_node_holds_is_announced_to_it()
    {
        Start("a", "b");
        for (var port = 0; port < 1_000; port++) _directories["a"].Announce(FlowOf(port), 1);
        Join("c");
        Pass(TimeSpan.FromSeconds(1));
        Assert.InRange(_directories["c"].Held, 400, 900);
        _directories["b"].Dispose();
        _cluster.Leave("b");
        Pass(TimeSpan.FromSeconds(1.1));
        for (var port = 0; port < 1_000; port += 50) Assert.Equal("a", Find("c", FlowOf(port)).Owner);
    }

    [Fact]
    public void The_flows_of_a_node_that_is_removed_have_no_owner_and_those_of_others_keep_theirs()
    {
        Start("a", "b", "c");
        _directories["a"].Announce(Flow, 1);
        for (var port = 100; port < 200; port++) _directories["b"].Announce(FlowOf(port), 1);
        Pass(Step * 5);
        _cluster.Crash("a");
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(new FlowLookup(null, 0, true), Find("c", Flow));
        for (var port = 100; port < 200; port++) Assert.Equal("b", Find("c", FlowOf(port)).Owner);
    }

    [Fact]
    public void A_question_that_nobody_answers_ends_unsettled()
    {
        Start("a", "b", "c");
        var flow = FlowHeldBy("b", "c");
        _cluster.Partition("a");
        Assert.Equal(new FlowLookup(null, 0, false), Find("a", flow));
    }

    [Fact]
    public void One_holder_that_answers_is_enough_for_an_owner()
    {
        Start("a", "b", "c");
        var flow = FlowHeldBy("b", "c");
        _directories["b"].Announce(flow, 1);
        Pass(Step * 5);
        _cluster.Cut("a", "b");
        Assert.Equal("b", Find("a", flow).Owner);
    }

    [Fact]
    public void A_withdrawal_that_is_lost_leaves_nothing_behind_for_long()
    {
        Start("a", "b", "c");
        var flow = FlowHeldBy("b", "c");
        _directories["a"].Announce(flow, 1);
        Pass(Step * 5);
        _cluster.Loses = message => message.Message is FlowMessage.Withdraw;
        _directories["a"].Withdraw(flow);
        Pass(Step * 5);
        Assert.Equal("a", Find("b", flow).Owner);
        for (var i = 0; i < 5; i++) Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        Assert.Equal(new FlowLookup(null, 0, true), Find("b", flow));
    }

    [Fact]
    public void An_announcement_that_is_lost_is_repeated()
    {
        Start("a", "b", "c");
        var flow = FlowHeldBy("b", "c");
        _cluster.Loses = message => message.Message is FlowMessage.Announce;
        _directories["a"].Announce(flow, 1);
        Pass(Step * 5);
        Assert.Null(Find("b", flow).Owner);
        _cluster.Loses = null;
        for (var i = 0; i < 2; i++) Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        Assert.Equal("a", Find("b", flow).Owner);
    }

    [Fact]
    public void A_connection_that_comes_and_goes_within_a_batch_costs_no_message()
    {
        Start("a", "b", "c");
        var before = FlowMessages();
        for (var port = 0; port < 100; port++)
        {
            _directories["a"].Announce(FlowOf(port), 1);
            _directories["a"].Withdraw(FlowOf(port));
        }

        Pass(Step * 5);
        Assert.Equal(before, FlowMessages());
        Assert.Null(Find("b", FlowOf(1)).Owner);
    }

    [Fact]
    public void Questions_about_one_flow_are_asked_once_and_their_number_is_bounded()
    {
        Start("a", "b", "c");
        var flow = FlowHeldBy("b", "c");
        var first = _directories["a"].FindAsync(flow);
        var second = _directories["a"].FindAsync(flow);
        Pass(Step * 5);
        Assert.True(first.IsCompleted && second.IsCompleted);
        Assert.Equal(2, _cluster.Delivered.Count(message => message.Message is FlowMessage.Find));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_a_member_sends_the_directory_answers_and_stays_within_its_bounds(int seed)
    {
        _cluster.Codec = null;
        var settings = new FlowDirectorySettings { Capacity = 100, MostQuestions = 10 };
        foreach (var name in (string[])["a", "b"])
            _directories[name] = new FlowDirectory(_cluster.Join(name), _cluster.Clock, settings);
        var (hostile, random) = (_cluster.Join("hostile"), new Random(seed));
        var (asked, answered) = (0, 0);
        Pass(TimeSpan.FromSeconds(1.1));
        for (var round = 0; round < 300; round++)
        {
            if (random.Next(10) == 0) _directories["a"].Announce(FlowOf(random.Next(50)), random.Next(-2, 5));
            if (random.Next(10) == 0) _directories["a"].Withdraw(FlowOf(random.Next(50)));
            for (var i = 0; i < 20; i++, asked++) _directories["b"].Find(FlowOf(random.Next(100_000)), (_, _) => answered++);
            hostile.Send(random.Next(2) == 0 ? "a" : "b", Hostile(random));
            Pass(Step);
            Assert.All(_directories.Values, directory => Assert.InRange(directory.Held, 0, 100));
        }

        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(asked, answered);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    /// <summary>100,000 flows, then 5,000 changes a second: what counts is how many messages that takes.</summary>
    [Fact]
    public void Many_flows_and_many_changes_take_few_messages()
    {
        const int Flows = 100_000;
        const int Seconds = 2;
        const int ChangesPerStep = 50;
        Start("a", "b", "c");
        string[] nodes = ["a", "b", "c"];
        for (var i = 0; i < Flows; i++) _directories[nodes[i % 3]].Announce(FlowOf(i), 1);
        Pass(TimeSpan.FromSeconds(1));
        var loading = FlowMessages();
        Assert.InRange(loading, 2 * Flows * 2 / 3 / FlowMessage.MostEntries, 2 * Flows * 2 / 3 / FlowMessage.MostEntries + 50);
        Assert.Equal(2 * Flows, nodes.Sum(node => _directories[node].Held));

        var next = Flows;
        for (var step = 0; step < Seconds * 100; step++)
        {
            for (var change = 0; change < ChangesPerStep / 2; change++, next++)
            {
                _directories[nodes[(next - Flows) % 3]].Withdraw(FlowOf(next - Flows));
                _directories[nodes[next % 3]].Announce(FlowOf(next), 1);
            }

            Pass(Step);
        }

        // Each 20 ms at most one announcement and one withdrawal from each node to each other one.
        Assert.InRange(FlowMessages() - loading, 1, Seconds * 50 * 6 * 2 + 50);
        Pass(Step * 5);
        for (var i = next - 1; i > next - Flows; i -= 9_973)
            Assert.All(nodes, node => Assert.Equal(nodes[i % 3], Find(node, FlowOf(i)).Owner));
        Assert.Null(Find("a", FlowOf(0)).Owner);
    }

    private static FlowKey FlowOf(int number) => new(
        new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7),
        new TcpEndpoint(IpAddress.Parse($"10.0.{number >> 24 & 255}.{number >> 16 & 255}"), (ushort)number));

    private static NodeMessage Hostile(Random random)
    {
        var flows = Enumerable.Range(0, random.Next(200)).Select(_ => FlowOf(random.Next(100_000))).ToList();
        return random.Next(4) switch
        {
            0 => new FlowMessage.Announce([.. flows.Select(flow => new FlowEpoch(flow, Number()))]),
            1 => new FlowMessage.Withdraw([.. flows.Select(flow => new FlowEpoch(flow, Number()))]),
            2 => new FlowMessage.Find([.. flows.Select(flow => new FlowQuestion(Number(), flow))]),
            _ => new FlowMessage.Found(
            [
                .. flows.Select(_ =>
                    new FlowAnswer(Number(), random.Next(2) == 0 ? "" : "no node", Number(), random.Next(2) == 0)),
            ]),
        };

        long Number() => random.Next(4) switch
        {
            0 => long.MinValue,
            1 => long.MaxValue,
            2 => random.Next(-5, 5),
            _ => random.Next(500),
        };
    }

    private static FlowKey FlowHeldBy(string one, string other)
    {
        var table = new SlotTable(["a", "b", "c"]);
        return Enumerable.Range(0, 1_000).Select(FlowOf).First(flow =>
            SlotTable.SlotOf(flow) is var slot && table.Holds(one, slot) && table.Holds(other, slot));
    }

    private void Start(params string[] names)
    {
        _cluster.Codec = null;
        foreach (var name in names) Join(name);
        Pass(TimeSpan.FromSeconds(1.1));
    }

    private void Join(string name) => _directories[name] = new FlowDirectory(_cluster.Join(name), _cluster.Clock);

    private void Pass(TimeSpan time) => Pass(time, Step);

    private void Pass(TimeSpan time, TimeSpan step)
    {
        for (var left = time; left > TimeSpan.Zero; left -= step) _cluster.Advance(left < step ? left : step);
    }

    private FlowLookup Find(string node, in FlowKey flow)
    {
        var found = _directories[node].FindAsync(flow);
        for (var i = 0; i < 200 && !found.IsCompleted; i++) Pass(Step);
        Assert.True(found.IsCompleted);
        return found.Result;
    }

    private int FlowMessages() =>
        _cluster.Delivered.Count(message => message.Message is FlowMessage.Announce or FlowMessage.Withdraw);
}
