namespace ActorStack.Actors.Tests;

public sealed class ConnectionIdTests
{
    [Theory]
    [InlineData("", 3, 17, "3-17")]
    [InlineData("web", 3, 17, "web-3-17")]
    [InlineData("web-1", 1, 1, "web-1-1-1")]
    [InlineData("7", 1_900_000_000, long.MaxValue, "7-1900000000-9223372036854775807")]
    public void A_name_has_its_parts(string node, long incarnation, long number, string text)
    {
        Assert.Equal(text, new ConnectionId(node, incarnation, number).ToString());
        var read = new ConnectionId(text);
        Assert.Equal((node, incarnation, number), (read.Node, read.Incarnation, read.Number));
        Assert.StartsWith(ConnectionId.Prefix(node, incarnation), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("17")]
    [InlineData("web-17")]
    [InlineData("web-3-")]
    [InlineData("-3-17-")]
    [InlineData("web-x-17")]
    [InlineData("web-0-17")]
    [InlineData("web-3-99999999999999999999")]
    public void What_is_no_name_has_no_parts(string text)
    {
        var id = new ConnectionId(text);
        Assert.Equal(("", 0L, 0L), (id.Node, id.Incarnation, id.Number));
        Assert.Equal(text, id.On("web").Value);
    }

    [Fact]
    public void A_short_name_is_of_the_node_that_it_is_asked_on()
    {
        Assert.Equal("web-3-17", new ConnectionId("3-17").On("web").Value);
        Assert.Equal("db-3-17", new ConnectionId("db-3-17").On("web").Value);
        Assert.Equal("3-17", new ConnectionId("3-17").On("").Value);
        Assert.Equal(new ConnectionId("web", 3, 17), new ConnectionId("3-17").On("web"));
    }

    [Theory]
    [InlineData("web-1.example.org", "web-1")]
    [InlineData("WEB_1", "web-1")]
    [InlineData("-web-", "web")]
    [InlineData("...", "node")]
    [InlineData("3f9a1c2b7d4e", "3f9a1c2b7d4e")]
    [InlineData("a-name-of-thirty-one-characters-and-more", "a-name-of-thirty-one-characters")]
    public void A_node_is_named_after_its_machine(string machine, string node)
    {
        Assert.Equal(node, NodeName.OfMachine(machine));
        Assert.True(NodeName.IsValid(node));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Web")]
    [InlineData("-web")]
    [InlineData("web-")]
    [InlineData("we b")]
    [InlineData("123456789012345678901234567890123")]
    public void Other_names_are_refused(string name) => Assert.False(NodeName.IsValid(name));
}
