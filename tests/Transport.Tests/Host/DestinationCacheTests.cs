using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

public sealed class DestinationCacheTests
{
    private const int Capacity = 4_096;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly DestinationCache<int> _cache = new(Lifetime);

    [Fact]
    public void What_is_no_longer_believed_is_forgotten_when_asked_for()
    {
        _cache.Learn(Address(1), 1, TimeSpan.Zero);
        Assert.True(_cache.TryFind(Address(1), Lifetime - TimeSpan.FromTicks(1), out var value));
        Assert.Equal(1, value);
        Assert.False(_cache.TryFind(Address(1), Lifetime, out _));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void What_was_learned_longest_ago_makes_room_and_not_what_was_forgotten_and_learned_anew()
    {
        for (var i = 0; i < Capacity; i++) _cache.Learn(Address(i), i, TimeSpan.Zero);
        Assert.False(_cache.TryFind(Address(0), Lifetime, out _));
        _cache.Learn(Address(0), 100, Lifetime);
        _cache.Learn(Address(1), 101, Lifetime);
        _cache.Learn(Address(Capacity), 102, Lifetime);
        Assert.Equal(Capacity, _cache.Count);
        Assert.False(_cache.TryFind(Address(2), TimeSpan.Zero, out _));
        Assert.All([0, 1, 3, Capacity], i => Assert.True(_cache.TryFind(Address(i), Lifetime - TimeSpan.FromTicks(1), out _)));
    }

    private static IpAddress Address(int index) => IpAddress.Parse($"10.0.{index / 256}.{index % 256}");
}
