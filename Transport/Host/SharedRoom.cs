using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Room for entries that strangers cause: entries by age, bounded in all and for each network (<see cref="IpAddress.Network"/>).
/// Where a network has its share, or all room is taken, that network's own oldest entry makes room; another's only for a network
/// that has none to give. Every step costs the same, however much is kept. Belongs to one thread.
/// </summary>
/// <param name="capacity">Of all entries together, in whatever their costs count.</param>
/// <param name="share">Of those of one network; no single entry may cost more.</param>
public sealed class SharedRoom<T>(long capacity, long share)
{
    private readonly Dictionary<IpAddress, Tenant> _tenants = [];
    private readonly LinkedList<Entry> _byAge = [];

    /// <summary>Room for all entries together, as their costs count.</summary>
    public long Capacity => capacity;

    /// <summary>Costs of all entries that are kept.</summary>
    public long Used { get; private set; }

    /// <summary>Entries that are kept.</summary>
    public int Count => _byAge.Count;

    /// <summary>The entry that was added first of those that are kept; null: there is none.</summary>
    public Entry? Oldest => _byAge.First?.Value;

    /// <summary>
    /// The entry that must go before the network of <paramref name="address"/> may keep <paramref name="cost"/> more; null: there
    /// is room. Removes nothing.
    /// </summary>
    /// <param name="address">Any address of the network.</param>
    /// <param name="cost">Room that is asked for.</param>
    /// <param name="growing">The entry that is to grow, which itself does not go.</param>
    public Entry? FindExcess(in IpAddress address, long cost, Entry? growing = null)
    {
        var tenant = _tenants.GetValueOrDefault(address.Network);
        var used = tenant?.Used ?? 0;
        if (used + cost <= share && Used + cost <= capacity) return null;
        var own = tenant is null ? null : FirstBut(growing, tenant.Entries);
        return own ?? FirstBut(growing, _byAge);
    }

    /// <summary>Keeps an entry, for which there is room.</summary>
    public Entry Add(in IpAddress address, T value, long cost)
    {
        var network = address.Network;
        if (!_tenants.TryGetValue(network, out var tenant)) _tenants.Add(network, tenant = new Tenant(network));
        var entry = new Entry(tenant, value);
        entry.AgeNode = _byAge.AddLast(entry);
        entry.TenantNode = tenant.Entries.AddLast(entry);
        Grow(entry, cost);
        return entry;
    }

    /// <summary>Raises the cost of an entry by <paramref name="cost"/>, for which there is room.</summary>
    public void Grow(Entry entry, long cost)
    {
        entry.Cost += cost;
        entry.Tenant.Used += cost;
        Used += cost;
    }

    /// <summary>Gives up an entry and the room that it takes.</summary>
    public void Remove(Entry entry)
    {
        Grow(entry, -entry.Cost);
        _byAge.Remove(entry.AgeNode!);
        entry.Tenant.Entries.Remove(entry.TenantNode!);
        if (entry.Tenant.Entries.Count == 0) _tenants.Remove(entry.Tenant.Network);
    }

    private static Entry? FirstBut(Entry? excluded, LinkedList<Entry> entries)
    {
        var first = entries.First;
        return (first?.Value == excluded ? first?.Next : first)?.Value;
    }

    /// <summary>One value with its cost.</summary>
    public sealed class Entry
    {
        internal Entry(Tenant tenant, T value) => (Tenant, Value) = (tenant, value);

        /// <summary>The value that is kept.</summary>
        public T Value { get; }

        /// <summary>The room that it takes.</summary>
        public long Cost { get; internal set; }

        internal Tenant Tenant { get; }

        internal LinkedListNode<Entry>? AgeNode { get; set; }

        internal LinkedListNode<Entry>? TenantNode { get; set; }
    }

    internal sealed class Tenant(IpAddress network)
    {
        public IpAddress Network => network;

        public LinkedList<Entry> Entries { get; } = [];

        public long Used { get; set; }
    }
}
