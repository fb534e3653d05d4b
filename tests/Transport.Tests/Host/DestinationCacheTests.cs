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

    /// <summary>Who has all addresses of a network, and lets each of them be learned, has no more than its share.</summary>
    [Theory]
    [InlineData("10.0.7.", "192.0.2.1")]
    [InlineData("fd00:7::", "fd00:8::1")]
    public void A_network_makes_room_of_its_own_only(string network, string other)
    {
        _cache.Learn(IpAddress.Parse(other), 5, TimeSpan.Zero);
        for (var i = 0; i < 4 * Capacity; i++)
        {
            var host = network.Contains(':') ? $"{i:x}" : $"{i % 256}";
            _cache.Learn(IpAddress.Parse(network + host), i, TimeSpan.Zero);
        }

        Assert.Equal(1 + Capacity / 16, _cache.Count);
        Assert.True(_cache.TryFind(IpAddress.Parse(other), TimeSpan.Zero, out var value));
        Assert.Equal(5, value);
    }

    private static IpAddress Address(int index) => IpAddress.Parse($"10.0.{index / 256}.{index % 256}");
}
