using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Puts fragments together (RFC 791 section 3.2, RFC 8200 section 4.5), as little as a host must: none for long, and no more than
/// a part of the memory holds, of which each source network has a share (<see cref="SharedRoom{T}"/>): each fragment costs what
/// it holds. Fragments that overlap end their packet (RFC 5722), also for IPv4, where RFC 791 would let the later one win; only
/// an exact copy is passed over. Belongs to one thread.
/// </summary>
/// <param name="memory">Counts the bytes that are held; their limit is <see cref="TcpMemoryLimits.Fragments"/>.</param>
public sealed class FragmentReassembler(TcpMemory memory)
{
    /// <summary>The time that a packet waits for its fragments. RFC 8200 section 4.5 allows 60 s; Linux waits 30.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>One source network may use an eighth of the room, but always enough for the largest packet.</summary>
    private const int Shares = 8;

    private const long LeastShare = 2 * FragmentedPacket.LargestCost;

    private readonly Dictionary<FragmentedPacketKey, SharedRoom<FragmentedPacket>.Entry> _packets = [];
    private readonly SharedRoom<FragmentedPacket> _room =
        new(Math.Max(memory.Limits.Fragments, LeastShare), Math.Max(memory.Limits.Fragments / Shares, LeastShare));

    /// <summary>Packets that wait for fragments.</summary>
    public int Count => _packets.Count;

    /// <summary>Bytes that the waiting packets hold.</summary>
    public long Used => _room.Used;

    /// <summary>Bytes that the waiting packets may hold together.</summary>
    public long Capacity => _room.Capacity;

    /// <summary>Packets given up because their fragments did not come in time.</summary>
    public long TimedOut { get; private set; }

    /// <summary>Packets given up because others needed their room: others of the same network, where it has any.</summary>
    public long PushedOut { get; private set; }

    /// <summary>When <see cref="Expire"/> is due; null: nothing waits.</summary>
    public TimeSpan? NextDeadline => _room.Oldest is { } oldest ? oldest.Value.Since + Lifetime : null;

    /// <summary>Copies a fragment into its packet.</summary>
    /// <param name="fragment">The IP packet, header first.</param>
    /// <param name="now">The host's time.</param>
    /// <param name="whole">With <see cref="FragmentVerdict.Complete"/>: the packet; its buffer is the caller's.</param>
    public FragmentVerdict Add(ReadOnlySpan<byte> fragment, TimeSpan now, out LinkFrame whole)
    {
        whole = default;
        Expire(now);
        if (IpHeader.Read(fragment, isQuoted: false, out var header) != Malformation.None || !header.IsFragment)
            return FragmentVerdict.Refused;
        var key = new FragmentedPacketKey(header);
        if (!_packets.TryGetValue(key, out var entry)) entry = Begin(key, now);
        if (!entry.Value.TryAdd(fragment, header, out var cost))
        {
            Remove(entry);
            return FragmentVerdict.Refused;
        }

        Hold(entry, cost);
        if (!entry.Value.IsWhole) return FragmentVerdict.Kept;
        Remove(entry);
        whole = entry.Value.Assemble();
        return FragmentVerdict.Complete;
    }

    /// <summary>Gives up what has waited too long.</summary>
    public void Expire(TimeSpan now)
    {
        while (_room.Oldest is { } oldest && now - oldest.Value.Since >= Lifetime)
        {
            TimedOut++;
            Remove(oldest);
        }
    }

    private SharedRoom<FragmentedPacket>.Entry Begin(FragmentedPacketKey key, TimeSpan now)
    {
        MakeRoom(key.Source, FragmentedPacket.EmptyCost, growing: null);
        var entry = _room.Add(key.Source, new FragmentedPacket(key, now), FragmentedPacket.EmptyCost);
        memory.Add(FragmentedPacket.EmptyCost);
        _packets.Add(key, entry);
        return entry;
    }

    private void Hold(SharedRoom<FragmentedPacket>.Entry entry, int cost)
    {
        MakeRoom(entry.Value.Key.Source, cost, entry);
        _room.Grow(entry, cost);
        memory.Add(cost);
    }

    private void MakeRoom(in IpAddress source, int cost, SharedRoom<FragmentedPacket>.Entry? growing)
    {
        while (_room.FindExcess(source, cost, growing) is { } excess)
        {
            PushedOut++;
            Remove(excess);
        }
    }

    private void Remove(SharedRoom<FragmentedPacket>.Entry entry)
    {
        _packets.Remove(entry.Value.Key);
        memory.Add(-entry.Cost);
        _room.Remove(entry);
    }
}
