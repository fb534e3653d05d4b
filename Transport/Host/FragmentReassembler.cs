using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Puts fragments together (RFC 791 section 3.2, RFC 8200 section 4.5), as little as a host must: few packets at once, none for long,
/// the oldest goes when there are too many. Fragments that overlap end their packet (RFC 5722), also for IPv4, where RFC 791 would
/// let the later one win; only an exact copy is passed over. Belongs to one thread.
/// </summary>
public sealed class FragmentReassembler
{
    /// <summary>RFC 8200 section 4.5 allows 60 s; Linux waits 30.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>Packets that wait for fragments at once, 66 KB each.</summary>
    public const int Capacity = 32;

    private readonly List<FragmentedPacket> _packets = new(Capacity);

    /// <summary>Packets that wait for fragments.</summary>
    public int Count => _packets.Count;

    /// <summary>Packets given up because their fragments did not come in time or others pushed them out.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Takes a copy of a fragment.</summary>
    /// <param name="whole">With <see cref="FragmentVerdict.Complete"/>: the packet; its buffer is the caller's.</param>
    public FragmentVerdict Add(ReadOnlySpan<byte> fragment, TimeSpan now, out LinkFrame whole)
    {
        whole = default;
        Expire(now);
        if (IpHeader.Read(fragment, isQuoted: false, out var header) != Malformation.None || !header.IsFragment) return FragmentVerdict.Refused;
        var index = _packets.FindIndex(packet => packet.IsOf(header));
        if (index < 0)
        {
            if (_packets.Count == Capacity) GiveUp(0);
            index = _packets.Count;
            _packets.Add(new FragmentedPacket(header, now));
        }

        var waiting = _packets[index];
        if (!waiting.TryAdd(fragment, header))
        {
            Remove(index);
            return FragmentVerdict.Refused;
        }

        if (!waiting.IsWhole) return FragmentVerdict.Kept;
        _packets.RemoveAt(index);
        whole = waiting.Finish();
        return FragmentVerdict.Complete;
    }

    private void Expire(TimeSpan now)
    {
        while (_packets.Count > 0 && now - _packets[0].Since >= Lifetime) GiveUp(0);
    }

    private void GiveUp(int index)
    {
        GivenUp++;
        Remove(index);
    }

    private void Remove(int index)
    {
        _packets[index].Release();
        _packets.RemoveAt(index);
    }
}
