using ActorStack.Actors.Cluster.Balance;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>Which node gives how many connections to whom.</summary>
public sealed class BalanceRuleTests
{
    [Theory]
    [InlineData("a=90 b=0 c=0", "a", "b=30 c=30")]
    [InlineData("a=60 b=60 c=0", "a", "c=20")]
    [InlineData("a=60 b=60 c=0", "b", "c=20")]
    [InlineData("a=200 b=200 c=0 d=50", "a", "c=56 d=31")]
    [InlineData("a=5 b=0 c=0", "a", "b=2 c=1")]
    [InlineData("a=2 b=0", "a", "b=1")]
    [InlineData("a=1 b=0", "a", "")]
    [InlineData("a=10 b=20", "a", "")]
    [InlineData("a=7", "a", "")]
    public void A_node_gives_its_part_of_what_each_other_node_lacks(string connections, string self, string gifts) =>
        Assert.Equal(gifts, Show(BalancePlan.Of(self, Parse(connections), only: null)));

    [Theory]
    [InlineData("a=90 b=30 c=0", "c", "c=45")]
    [InlineData("a=90 b=30 c=0", "b", "b=30")]
    [InlineData("a=9 b=30 c=0", "b", "")]
    public void A_node_that_is_named_gets_as_many_as_the_giver_keeps(string connections, string only, string gifts) =>
        Assert.Equal(gifts, Show(BalancePlan.Of("a", Parse(connections), only)));

    [Fact]
    public void The_rule_waits_for_several_looks_in_a_row_and_gives_half()
    {
        var rule = new BalanceRule(new BalanceSettings());
        var (even, uneven) = (Parse("a=50 b=50"), Parse("a=100 b=0"));
        foreach (var quiet in new[] { uneven, uneven, even, uneven, uneven, null, uneven, uneven })
            Assert.Empty(rule.Look("a", quiet, 100));
        Assert.Equal("b=25", Show(rule.Look("a", uneven, 100)));
        Assert.Empty(rule.Look("a", uneven, 100));
    }

    [Theory]
    [InlineData("a=119 b=81")] // 19 percent above the mean
    [InlineData("a=20 b=2")] // 9 connections above the mean
    public void A_small_difference_is_left_alone(string connections)
    {
        var rule = new BalanceRule(new BalanceSettings());
        for (var look = 0; look < 20; look++) Assert.Empty(rule.Look("a", Parse(connections), 100));
    }

    [Theory]
    [InlineData("Bytes", "a=9000000 b=3000000 c=0", 60, "b=3 c=13")]
    [InlineData("Bytes", "a=1500000 b=0", 60, "")] // less than a megabyte a second above the mean
    [InlineData("Bytes", "a=90000000 b=80000000", 60, "")] // less than 20 percent above it
    [InlineData("Bytes", "a=9000000 b=0", 1, "")] // the only connection would take the load along
    [InlineData("Bytes", "a=0 b=9000000", 60, "")]
    [InlineData("Processor", "a=900 b=100", 800, "b=177")]
    [InlineData("Processor", "a=150 b=0", 800, "")] // less than a tenth of a processor above it
    public void Where_the_rate_counts_connections_go_that_have_half_of_what_the_node_has_too_much(
        string measure, string load, long connections, string gifts)
    {
        var rule = new BalanceRule(new BalanceSettings { By = Enum.Parse<BalanceMeasure>(measure) });
        for (var look = 1; look < BalanceRule.Looks; look++) Assert.Empty(rule.Look("a", Parse(load), connections));
        Assert.Equal(gifts, Show(rule.Look("a", Parse(load), connections)));
    }

    /// <summary>
    /// Nodes look at different times, see numbers that are old, and their gifts take time. Whatever the beginning: it ends, all
    /// nodes are within the threshold, and no node gives more than a few times what it had too much.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nodes_that_see_old_numbers_come_to_rest_and_pass_nothing_to_and_fro(int seed)
    {
        const int Steps = 4_000;
        const int Age = 30;
        var (random, settings) = (new Random(seed), new BalanceSettings());
        var names = "abcdef".Take(random.Next(2, 7)).Select(name => name.ToString()).ToArray();
        var now = names.ToDictionary(name => name, _ => (long)random.Next(0, 2_000));
        var surplus = now.Values.Sum(count => Math.Max(0, count - now.Values.Sum() / names.Length));
        var rules = names.ToDictionary(name => name, _ => new BalanceRule(settings));
        var history = new List<Dictionary<string, long>>();
        var travelling = new Queue<(string From, string To)>();
        long moved = 0;
        var lastGift = 0;
        for (var step = 0; step < Steps; step++)
        {
            history.Add(new(now));
            foreach (var name in names.Where(_ => random.Next(20) == 0 && travelling.Count == 0 || random.Next(60) == 0))
            {
                var seen = new Dictionary<string, long>(history[Math.Max(0, step - random.Next(Age))]) { [name] = now[name] };
                foreach (var (to, count) in rules[name].Look(name, seen, seen[name]))
                {
                    for (var i = 0; i < count; i++) travelling.Enqueue((name, to));
                    lastGift = step;
                }
            }

            for (var i = 0; i < 20 && travelling.TryDequeue(out var one); i++, moved++)
            {
                now[one.From]--;
                now[one.To]++;
            }
        }

        var mean = now.Values.Average();
        Assert.All(now.Values, count => Assert.True(
            count - mean < settings.Minimum || count < mean * (100 + settings.Threshold) / 100,
            $"{count} and the mean is {mean}"));
        Assert.InRange(lastGift, 0, Steps / 2);
        Assert.InRange(moved, 0, 2 * surplus + names.Length);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    private static Dictionary<string, long> Parse(string text) =>
        text.Split(' ').Select(one => one.Split('=')).ToDictionary(one => one[0], one => long.Parse(one[1]));

    private static string Show(IReadOnlyDictionary<string, long> gifts) =>
        string.Join(' ', gifts.OrderBy(gift => gift.Key).Select(gift => $"{gift.Key}={gift.Value}"));
}
