using ActorStack.Hosting.Services;
using ActorStack.Tests.Common.Links;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorStack.Hosting.Tests;

/// <summary>What <c>akka.hocon</c> says is checked as options are, before anything runs by it.</summary>
public sealed class StackComposerTests
{
    private const string Few = """
        actorstack { addresses = ["10.9.0.1/32"], engines { kernel = off, toe = off } }
        """;

    [Theory]
    [InlineData("loops = 0", "auto, or give a value from 1 to 16")]
    [InlineData("loops = 17", "auto, or give a value from 1 to 16")]
    [InlineData("loops = many", "auto, or give a value from 1 to 16")]
    [InlineData("buffers.receive-capacity = 4GiB", "from 4KiB to 1GiB")]
    [InlineData("buffers.receive-capacity = 2GiB", "from 4KiB to 1GiB")]
    [InlineData("buffers.send-capacity = 1KiB", "from 4KiB to 1GiB")]
    [InlineData("buffers.initial-receive-limit = -1", "from 4KiB to 1GiB")]
    [InlineData("buffers.initial-send-limit = large", "from 4KiB to 1GiB")]
    [InlineData("drain-limit = infinite", "from 0s to 7d")]
    [InlineData("drain-limit = 8d", "from 0s to 7d")]
    [InlineData("migration-timeout = 0s", "from 1ms to 7d")]
    [InlineData("migration-timeout = infinite", "from 1ms to 7d")]
    [InlineData("migration-timeout = NaN", "from 1ms to 7d")]
    [InlineData("maximum-connections = 0", "from 1 to 2147483647")]
    [InlineData("ended-kept = -1", "from 0 to 2147483647")]
    [InlineData("ended-kept = 99999999999", "from 0 to 2147483647")]
    [InlineData("limits.half-open = -1", "from 0 to 2147483647")]
    [InlineData("limits.half-open-per-source = -1", "from 0 to 2147483647")]
    [InlineData("limits.connections-per-source = -1", "from 0 to 2147483647")]
    [InlineData("limits.orphans = -1", "from 0 to 2147483647")]
    [InlineData("limits.time-waits = many", "from 0 to 2147483647")]
    [InlineData("limits.challenge-acks-per-second = 0", "from 1 to 2147483647")]
    [InlineData("limits.memory.high = -1", "from 0 to 9223372036854775807")]
    [InlineData("engines.kernel = perhaps", "auto, required, off")]
    [InlineData("engines.toe = 7", "auto, required, off")]
    [InlineData("ecn = 7", "off, passive, active")]
    [InlineData("pacing = perhaps", "on or off")]
    [InlineData("congestion = vegas", "one of cubic")]
    [InlineData("ephemeral-ports = 9-8", "as in 32768-60999")]
    [InlineData("buffers = 5", "section")]
    [InlineData("limits.memory = none", "section")]
    [InlineData("policy = none", "section")]
    public void What_is_malformed_or_out_of_its_range_is_refused_with_key_value_and_what_to_write(string setting, string hint)
    {
        var refused = Assert.Throws<StackStartException>(() => Compose($"actorstack.{setting}"));
        Assert.Equal($"actorstack.{setting.Replace(" = ", " is '", StringComparison.Ordinal)}'.", refused.Message);
        Assert.Contains(hint, refused.WhatToDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("buffers.receive-capacity = 1GiB")]
    [InlineData("drain-limit = 0s")]
    [InlineData("migration-timeout = 1ms")]
    [InlineData("ended-kept = 0")]
    public void The_ends_of_a_range_are_in_it(string setting) => Assert.NotNull(Compose($"actorstack.{setting}").Settings);

    [Theory]
    [InlineData("auto", 1)]
    [InlineData("1", 1)]
    [InlineData("auto", 3)]
    [InlineData("3", 3)]
    public void A_stack_has_a_loop_for_each_queue_of_its_link(string loops, int queues) =>
        Assert.NotNull(Compose($"actorstack.loops = {loops}", queues).Settings);

    [Theory]
    [InlineData("2", 1, "one queue", "Write auto or 1")]
    [InlineData("2", 3, "3 queues", "Write auto or 3")]
    public void More_or_fewer_loops_than_the_link_has_queues_are_refused(string loops, int queues, string what, string whatToDo)
    {
        var refused = Assert.Throws<StackStartException>(() => Compose($"actorstack.loops = {loops}", queues));
        Assert.Equal($"actorstack.loops is '{loops}', and the link left has {what}.", refused.Message);
        Assert.StartsWith(whatToDo, refused.WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_TOE_without_room_is_refused()
    {
        var refused = Assert.Throws<StackStartException>(() => Compose("actorstack.engines { toe = auto, toe-capacity = 0 }"));
        Assert.Equal("actorstack.engines.toe-capacity is '0'.", refused.Message);
    }

    [Theory]
    [InlineData("127.0.0.1/32", "unicast")]
    [InlineData("10.9.0.0/24", "/32")]
    [InlineData("nonsense", "10.9.0.1/32")]
    public void An_address_that_cannot_be_served_is_refused(string address, string hint)
    {
        var refused = Assert.Throws<StackStartException>(() => Compose($"actorstack.addresses = [\"{address}\"]"));
        Assert.Contains(address, refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint, refused.WhatToDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backlog = -1", "from 0 to 2147483647")]
    [InlineData("backlog = many", "from 0 to 2147483647")]
    [InlineData("concurrency = 1.5", "from 0 to 2147483647")]
    [InlineData("congestion = vegas", "one of cubic")]
    [InlineData("socket-options.tcp-keepidle = 0s", "from 1s to 7d")]
    public void What_a_service_settles_is_checked_too(string setting, string hint)
    {
        var service = new ConnectionHandlerRegistration(
            "echo", 7, typeof(EchoHandler), new ListenerOptions(), new ServiceCollection());
        var refused = Assert.Throws<StackStartException>(
            () => service.ToListenerSettings(null!, null!, Hocon($"actorstack.services.echo.{setting}"), SocketOptions.Default));
        Assert.Equal(
            $"actorstack.services.\"echo\".{setting.Replace(" = ", " is '", StringComparison.Ordinal)}'.", refused.Message);
        Assert.Contains(hint, refused.WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shutdown_gets_no_time_by_a_limit_that_is_not_valid()
    {
        var refused = Assert.Throws<StackStartException>(
            () => HostingReference.ShutdownPhase(Hocon("actorstack.drain-limit = infinite")));
        Assert.Equal("actorstack.drain-limit is 'infinite'.", refused.Message);
    }

    private static StackComposition Compose(string hocon, int queues = 1)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions(), TimeProvider.System);
        using var journal = new StackJournal([]);
        ILink link = queues == 1 ? wire.Left : new MultiQueueLink(wire.Left, queues);
        return new StackComposer([link], journal, new ToeFaults(), NullLogger<StackComposer>.Instance).Compose(Hocon(hocon));
    }

    private static Config Hocon(string hocon) => ConfigurationFactory.ParseString(hocon)
        .WithFallback(ConfigurationFactory.ParseString(Few)).WithFallback(HostingReference.Defaults);
}
